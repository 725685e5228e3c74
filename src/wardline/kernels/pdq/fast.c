/* PDQ, the compiled twin of reference.py and estimating.py: the same additions, subtractions and divisions of 32-bit floats in the same order, so that not one
 * bit differs. What makes it quick is where the operands lie:
 *
 * - A running sum along a row depends on its last value, so 16 rows are taken together, each in a lane of its own (`column`).
 * - A running sum along a column does not care about its neighbours: 8 columns are taken together (`lanes`).
 * - Between the two, squares of 8 x 8 are transposed in registers.
 * - Of the second pass only what the 64 x 64 points need is divided, and only their columns are summed downwards.
 * - Nothing is kept but what a sum still has to subtract: `window` rows, and `window` columns of 16 rows.
 *
 * Needs a compiler that knows GCC's vector extensions. Where these are wider than the machine's registers the compiler splits them.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#ifndef SOURCE_DIGEST
#define SOURCE_DIGEST "unknown"
#endif
#define EXPORT __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (places){__VA_ARGS__})
#endif

enum { SIDE = 64, KEPT = 16, BITS = KEPT * KEPT, ROWS = 16, WIDE = 8, TILE = 64, LEAST_SIDE = 5, NO_MEMORY = -1 };

typedef float lanes __attribute__((vector_size(32)));
typedef int32_t places __attribute__((vector_size(32)));
typedef struct { lanes low, high; } column; /* 16 rows of one column */
typedef float points[SIDE][SIDE];
typedef void (*luma_of_row)(const uint8_t *rgb, float *luma, int64_t pixels);

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t window_of(int64_t length) { return (length + 2 * SIDE - 1) / (2 * SIDE); }
static int64_t half_of(int64_t window) { return (window + 2) / 2; } /* pixels up to and with the right edge */
static int64_t point_at(int64_t point, int64_t length) { return (int64_t)(((double)point + 0.5) * (double)length / SIDE); }

static void *reserve(int64_t items, int64_t item_bytes) {
    int64_t bytes = (items * item_bytes + 63) / 64 * 64;
    return aligned_alloc(64, (size_t)bytes);
}

/* ---- from 64 x 64 points to the hash --------------------------------------------------------------------------------------------- */
static float cosines[SIDE][KEPT]; /* [k][i] is element [i][k] of the matrix of the transform */

__attribute__((constructor)) static void prepare_cosines(void) {
    const double pi = 3.14159265358979323846;
    const float scale = (float)sqrt(2.0 / SIDE);
    for (int k = 0; k < SIDE; k++)
        for (int i = 0; i < KEPT; i++) cosines[k][i] = (float)(scale * cos(pi / 2.0 / SIDE * (i + 1) * (2 * k + 1)));
}

static int32_t quality_of(points at) {
    int32_t steps = 0;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            if (i + 1 < SIDE) steps += abs((int32_t)((at[i][j] - at[i + 1][j]) * 100.0f / 255.0f));
            if (j + 1 < SIDE) steps += abs((int32_t)((at[i][j] - at[i][j + 1]) * 100.0f / 255.0f));
        }
    return (int32_t)least(steps / 90, 100);
}

INLINE void transform(points at, float out[BITS]) {
    float half[KEPT][SIDE];
    memset(half, 0, sizeof half);
    memset(out, 0, BITS * sizeof *out);
    for (int i = 0; i < KEPT; i++)
        for (int k = 0; k < SIDE; k++)
            for (int j = 0; j < SIDE; j++) half[i][j] += cosines[k][i] * at[k][j];
    for (int i = 0; i < KEPT; i++)
        for (int k = 0; k < SIDE; k++)
            for (int j = 0; j < KEPT; j++) out[i * KEPT + j] += half[i][k] * cosines[k][j];
}

/* The lower of the two values in the middle. */
INLINE float median_of(const float values[BITS]) {
    for (int one = 0; one < BITS; one++) {
        int below = 0, same = 0;
        for (int other = 0; other < BITS; other++) {
            below += values[other] < values[one];
            same += values[other] == values[one];
        }
        if (below < BITS / 2 && below + same >= BITS / 2) return values[one];
    }
    return values[0]; /* not reached: the values are numbers */
}

/* Give how many bits hang on less than `margin`. */
INLINE int32_t finish(points at, uint8_t hash[BITS / 8], const float margin) {
    float values[BITS];
    int32_t close = 0;
    transform(at, values);
    const float median = median_of(values);
    memset(hash, 0, BITS / 8);
    for (int bit = 0; bit < BITS; bit++) {
        if (values[bit] > median) hash[BITS / 8 - 1 - bit / 8] |= (uint8_t)(1 << bit % 8);
        close += fabsf(values[bit] - median) < margin;
    }
    return close;
}

/* ---- luma ------------------------------------------------------------------------------------------------------------------------- */
/* The reference multiplies 64-bit floats by .299, .587 and .114, adds, and rounds to 32 bits. A thousandth of the whole number below lies
 * never so near the middle between two 32-bit floats that the rounding of those 64-bit floats could turn it, so this is the same. */
static void luma_plain(const uint8_t *rgb, float *luma, int64_t pixels) {
    for (int64_t at = 0; at < pixels; at++, rgb += 3)
        luma[at] = (float)(299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2]) / 1000.0f;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void luma_avx2(const uint8_t *rgb, float *luma, int64_t pixels) {
    /* 4 pixels to each half: from bytes 0 to 11 of the first load, and from bytes 4 to 15 of the second, which begins 8 bytes later. */
    const __m256i red_green = _mm256_setr_epi8(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1,
                                               4, -1, 5, -1, 7, -1, 8, -1, 10, -1, 11, -1, 13, -1, 14, -1);
    const __m256i blue = _mm256_setr_epi8(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1,
                                          6, -1, -1, -1, 9, -1, -1, -1, 12, -1, -1, -1, 15, -1, -1, -1);
    const __m256i weights = _mm256_set1_epi32(587 << 16 | 299), weight = _mm256_set1_epi32(114);
    const __m256 thousand = _mm256_set1_ps(1000.0f);
    int64_t at = 0;
    for (; at + WIDE <= pixels; at += WIDE, rgb += 3 * WIDE) {
        const __m256i both = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)rgb)),
                                                     _mm_loadu_si128((const __m128i *)(rgb + 8)), 1);
        const __m256i sum = _mm256_add_epi32(_mm256_madd_epi16(_mm256_shuffle_epi8(both, red_green), weights),
                                             _mm256_madd_epi16(_mm256_shuffle_epi8(both, blue), weight));
        _mm256_storeu_ps(luma + at, _mm256_div_ps(_mm256_cvtepi32_ps(sum), thousand));
    }
    luma_plain(rgb, luma + at, pixels - at);
}
#endif

/* ---- the exact kernel ------------------------------------------------------------------------------------------------------------- */
struct across { /* a running sum along 16 rows */
    column sum, *line;
    int64_t window, half, slot, seen, count;
};
struct down { /* a running sum along the columns of the 64 points, over the rows of the picture */
    float sum[SIDE], *line;
    int64_t window, half, slot, seen, count, next;
};
struct step { /* what a running sum down a column does at one row */
    int add, subtract;
    float count;
};
struct work {
    const uint8_t *rgb;
    int64_t height, width, down_window, down_half;
    int64_t chosen_at[SIDE + 1]; /* how many columns have entered when a point's mean is due; ends with one that never is */
    column *lines[2], chosen[SIDE];
    lanes *ring, *sums; /* for each 8 columns the last `down_window` rows, and their sum */
    struct down second;
    luma_of_row luma;
};

INLINE void transpose(const lanes *in[WIDE], lanes *out[WIDE], const int shuffles) {
    if (!shuffles) { /* the compiler would take such wide shuffles apart badly */
        float square[WIDE][WIDE];
        for (int i = 0; i < WIDE; i++)
            for (int j = 0; j < WIDE; j++) square[j][i] = (*in[i])[j];
        for (int i = 0; i < WIDE; i++) memcpy(out[i], square[i], sizeof **out);
        return;
    }
    lanes pairs[WIDE], fours[WIDE];
    for (int i = 0; i < WIDE; i += 2) {
        pairs[i] = SHUFFLE(*in[i], *in[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        pairs[i + 1] = SHUFFLE(*in[i], *in[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < WIDE; i += 4)
        for (int j = 0; j < 2; j++) {
            fours[i + 2 * j] = SHUFFLE(pairs[i + j], pairs[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            fours[i + 2 * j + 1] = SHUFFLE(pairs[i + j], pairs[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int i = 0; i < 4; i++) {
        *out[i] = SHUFFLE(fours[i], fours[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        *out[i + 4] = SHUFFLE(fours[i], fours[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

INLINE void to_rows(const column in[WIDE], lanes out[ROWS], const int shuffles) {
    const lanes *from[WIDE];
    lanes *to[WIDE];
    for (int i = 0; i < WIDE; i++) from[i] = &in[i].low, to[i] = &out[i];
    transpose(from, to, shuffles);
    for (int i = 0; i < WIDE; i++) from[i] = &in[i].high, to[i] = &out[WIDE + i];
    transpose(from, to, shuffles);
}

INLINE void to_columns(const lanes in[ROWS], column out[WIDE], const int shuffles) {
    const lanes *from[WIDE];
    lanes *to[WIDE];
    for (int i = 0; i < WIDE; i++) from[i] = &in[i], to[i] = &out[i].low;
    transpose(from, to, shuffles);
    for (int i = 0; i < WIDE; i++) from[i] = &in[WIDE + i], to[i] = &out[i].high;
    transpose(from, to, shuffles);
}

INLINE void enter(struct across *sum, const column *in) {
    column *old = &sum->line[sum->slot];
    sum->sum.low += in->low, sum->sum.high += in->high;
    if (sum->seen >= sum->window) sum->sum.low -= old->low, sum->sum.high -= old->high;
    else sum->count++;
    *old = *in;
    sum->seen++;
    if (++sum->slot == sum->window) sum->slot = 0;
}

INLINE void leave(struct across *sum) {
    const column *old = &sum->line[sum->slot];
    sum->sum.low -= old->low, sum->sum.high -= old->high;
    sum->count--;
    sum->seen++;
    if (++sum->slot == sum->window) sum->slot = 0;
}

INLINE void mean(const struct across *sum, column *out) {
    const float count = (float)sum->count;
    out->low = sum->sum.low / count, out->high = sum->sum.high / count;
}

/* Keep the columns of the 64 points, some of them more than once when the picture is narrow. */
INLINE int choose(struct work *work, const struct across *sum, int next) {
    while (work->chosen_at[next] == sum->seen) mean(sum, &work->chosen[next++]);
    return next;
}

/* Take 8 columns of means down the picture, and bring out 8 columns again: row i is now the one `down_half - 1` rows above. */
INLINE void downwards(struct work *work, int64_t group, int64_t slot, const struct step steps[ROWS], column eight[WIDE], const int shuffles) {
    lanes rows[ROWS], sum = work->sums[group], *ring = work->ring + group * work->down_window;
    to_rows(eight, rows, shuffles);
    for (int i = 0; i < ROWS; i++) {
        if (steps[i].add) sum += rows[i];
        if (steps[i].subtract) sum -= ring[slot];
        if (steps[i].add) ring[slot] = rows[i];
        if (++slot == work->down_window) slot = 0;
        rows[i] = sum / steps[i].count;
    }
    work->sums[group] = sum;
    to_columns(rows, eight, shuffles);
}

static void plan(const struct work *work, int64_t top, struct step steps[ROWS]) {
    for (int i = 0; i < ROWS; i++) {
        const int64_t row = top + i, below = row - work->height + 1, window = work->down_window;
        const int over = below >= work->down_half; /* the last band may reach further than anything is asked for */
        steps[i].add = below <= 0;
        steps[i].subtract = row >= window && !over;
        steps[i].count = over ? 1.0f : (float)(below <= 0 ? least(row + 1, window) : window - below);
    }
}

static void down_one_row(struct down *sum, const float *in, int64_t height, points out) {
    float *old = sum->line + sum->slot * SIDE;
    for (int j = 0; in && j < SIDE; j++) sum->sum[j] += in[j];
    for (int j = 0; sum->seen >= sum->window && j < SIDE; j++) sum->sum[j] -= old[j];
    if (in) memcpy(old, in, SIDE * sizeof *in);
    sum->count += in ? sum->seen < sum->window : -1;
    sum->seen++;
    if (++sum->slot == sum->window) sum->slot = 0;
    for (; sum->next < SIDE && point_at(sum->next, height) == sum->seen - sum->half; sum->next++)
        for (int j = 0; j < SIDE; j++) out[sum->next][j] = sum->sum[j] / (float)sum->count;
}

/* Carry 16 rows through both passes along the rows and the first one down the columns. */
INLINE void band(struct work *work, int64_t top, const int shuffles) {
    const int64_t width = work->width, window = window_of(width), half = half_of(window), slot = top % work->down_window;
    struct across first = {.line = work->lines[0], .window = window, .half = half}, second = first;
    second.line = work->lines[1];
    struct step steps[ROWS];
    plan(work, top, steps);
    column eight[WIDE], means[WIDE];
    lanes luma[ROWS][TILE / WIDE];
    memset(luma, 0, sizeof luma);
    int next = 0, filled = 0;
    for (int64_t at = 0; at < width + half - 1; at++) {
        if (at < width && at % TILE == 0)
            for (int64_t i = 0; i < ROWS; i++)
                work->luma(work->rgb + 3 * (width * least(top + i, work->height - 1) + at), (float *)luma[i], least(TILE, width - at));
        if (at < width && at % WIDE == 0) {
            lanes rows[ROWS];
            for (int i = 0; i < ROWS; i++) rows[i] = luma[i][at % TILE / WIDE];
            to_columns(rows, eight, shuffles);
        }
        if (at < width) enter(&first, &eight[at % WIDE]);
        else leave(&first);
        const int64_t out = at - half + 1;
        if (out < 0) continue;
        mean(&first, &means[filled++]);
        if (filled < WIDE && out + 1 < width) continue;
        for (int i = filled; i < WIDE; i++) means[i] = means[0]; /* beyond the right edge: any numbers will do */
        downwards(work, out / WIDE, slot, steps, means, shuffles);
        for (int i = 0; i < filled; i++) {
            enter(&second, &means[i]);
            next = choose(work, &second, next);
        }
        filled = 0;
    }
    for (int64_t i = 0; i < half - 1; i++) {
        leave(&second);
        next = choose(work, &second, next);
    }
}

__attribute__((noinline)) static void band_plain(struct work *work, int64_t top) { band(work, top, 0); }
#if defined(__x86_64__)
__attribute__((noinline, target("avx2"))) static void band_avx2(struct work *work, int64_t top) { band(work, top, 1); }
#endif

static int has_avx2(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") != 0;
#else
    return 0;
#endif
}

static void filter(struct work *work, const int wide, points out) {
    void (*carry)(struct work *, int64_t) = band_plain;
    work->luma = luma_plain;
#if defined(__x86_64__)
    if (wide) carry = band_avx2, work->luma = luma_avx2;
#endif
    (void)wide;
    const int64_t last = work->height + work->down_half - 1;
    for (int64_t top = 0; top < last; top += ROWS) {
        carry(work, top);
        for (int64_t i = 0; i < ROWS; i++) {
            const int64_t row = top + i - work->down_half + 1;
            float chosen[SIDE];
            if (row < 0 || row >= work->height) continue;
            for (int j = 0; j < SIDE; j++) chosen[j] = i < WIDE ? work->chosen[j].low[i] : work->chosen[j].high[i - WIDE];
            down_one_row(&work->second, chosen, work->height, out);
        }
    }
    for (int64_t i = 1; i < work->down_half; i++) down_one_row(&work->second, NULL, work->height, out);
}

static int filter_all(const uint8_t *rgb, int64_t height, int64_t width, const int wide, points out) {
    const int64_t across = window_of(width), down = window_of(height), groups = (width + WIDE - 1) / WIDE;
    struct work *work = reserve(1, sizeof *work);
    column *lines = reserve(2 * across, sizeof *lines);
    lanes *ring = reserve(groups * down, sizeof *ring), *sums = reserve(groups, sizeof *sums);
    float *line = reserve(down * SIDE, sizeof *line);
    const int reserved = work && lines && ring && sums && line;
    if (reserved) {
        memset(work, 0, sizeof *work);
        memset(sums, 0, (size_t)groups * sizeof *sums);
        work->rgb = rgb, work->height = height, work->width = width;
        work->down_window = down, work->down_half = half_of(down);
        work->lines[0] = lines, work->lines[1] = lines + across;
        work->ring = ring, work->sums = sums;
        work->second = (struct down){.line = line, .window = down, .half = half_of(down)};
        for (int j = 0; j < SIDE; j++) work->chosen_at[j] = point_at(j, width) + half_of(across);
        work->chosen_at[SIDE] = -1;
        filter(work, wide, out);
    }
    free(line), free(sums), free(ring), free(lines), free(work);
    return reserved;
}

/* ---- the linear kernel ------------------------------------------------------------------------------------------------------------ */
struct mixture { /* how much each pixel of a line counts in each of the 64 points, and how much if it knew no more than with its neighbour */
    int64_t start[SIDE], count[SIDE], most;
    float *fine, *coarse; /* `most` to a point */
};

static void mix_point(int64_t point, int64_t length, int64_t factor, struct mixture *mixture, double *changes) {
    const int64_t window = window_of(length), right = half_of(window) - 1, left = window - 1 - right, last = length - 1;
    const int64_t middle = point_at(point, length), from = most(middle - left, 0), to = least(middle + right, last);
    const int64_t first = most(from - left, 0), end = least(to + right, last);
    memset(changes, 0, (size_t)(2 * window + 2) * sizeof *changes);
    for (int64_t at = from; at <= to; at++) {
        const int64_t begin = most(at - left, 0), finish = least(at + right, last);
        const double weight = 1.0 / ((double)(to - from + 1) * (double)(finish - begin + 1));
        changes[begin - first] += weight;
        changes[finish - first + 1] -= weight;
    }
    const int64_t start = first / factor / 2 * 2, stop = least(end / factor / 2 * 2 + 2, last / factor + 1);
    float *fine = mixture->fine + point * mixture->most, *coarse = mixture->coarse + point * mixture->most;
    mixture->start[point] = start, mixture->count[point] = stop - start;
    memset(fine, 0, (size_t)mixture->most * sizeof *fine);
    double weight = 0.0, folded = 0.0;
    for (int64_t at = first; at <= end; at++) {
        weight += changes[at - first];
        folded += weight;
        if (at != end && (at + 1) % factor) continue;
        fine[at / factor - start] = (float)folded;
        folded = 0.0;
    }
    memcpy(coarse, fine, (size_t)mixture->most * sizeof *fine); /* the last of an odd line has no neighbour */
    for (int64_t at = 0; at + 1 < stop - start; at += 2) coarse[at] = coarse[at + 1] = (fine[at] + fine[at + 1]) * 0.5f;
}

static int mix(int64_t length, int64_t factor, struct mixture *mixture) {
    const int64_t window = window_of(length);
    mixture->most = 2 * window / factor + 6;
    mixture->fine = reserve(2 * SIDE * mixture->most, sizeof *mixture->fine);
    double *changes = reserve(2 * window + 2, sizeof *changes);
    const int reserved = mixture->fine && changes;
    if (reserved) mixture->coarse = mixture->fine + SIDE * mixture->most;
    for (int64_t point = 0; reserved && point < SIDE; point++) mix_point(point, length, factor, mixture, changes);
    free(changes);
    return reserved;
}

struct plane {
    const uint8_t *luma;
    int64_t width;
    struct mixture down, across;
    float *line;
};

INLINE void apply(const struct plane *plane, const float *downs, const float *acrosses, points out) {
    const struct mixture *down = &plane->down, *across = &plane->across;
    for (int i = 0; i < SIDE; i++) {
        float *line = plane->line;
        memset(line, 0, (size_t)plane->width * sizeof *line);
        for (int64_t row = 0; row < down->count[i]; row++) {
            const float weight = downs[i * down->most + row];
            const uint8_t *from = plane->luma + (down->start[i] + row) * plane->width;
            for (int64_t at = 0; at < plane->width; at++) line[at] += weight * (float)from[at];
        }
        for (int j = 0; j < SIDE; j++) {
            const float *weights = acrosses + j * across->most, *from = line + across->start[j];
            float sum = 0.0f;
            for (int64_t at = 0; at < across->count[j]; at++) sum += weights[at] * from[at];
            out[i][j] = sum;
        }
    }
}

/* Hash a plane, and once more as if it had been decoded at half its size: what that changes tells how far the first may be off. */
INLINE int32_t estimate(const struct plane *plane, uint8_t hash[BITS / 8], const float margin, int32_t *doubt) {
    points at;
    uint8_t other[BITS / 8];
    int32_t differing = 0;
    apply(plane, plane->down.coarse, plane->across.coarse, at);
    finish(at, other, 0.0f);
    apply(plane, plane->down.fine, plane->across.fine, at);
    const int32_t close = finish(at, hash, margin);
    for (int i = 0; i < BITS / 8; i++) differing += __builtin_popcount(hash[i] ^ other[i]);
    *doubt = (int32_t)most(differing, close);
    return quality_of(at);
}

/* ---- what ctypes calls ------------------------------------------------------------------------------------------------------------ */
static int32_t estimate_plain(const struct plane *plane, uint8_t *hash, float margin, int32_t *doubt) {
    return estimate(plane, hash, margin, doubt);
}
static int32_t finish_plain(points at, uint8_t *hash) { return finish(at, hash, 0.0f), quality_of(at); }
#if defined(__x86_64__)
__attribute__((target("avx2"))) static int32_t estimate_avx2(const struct plane *plane, uint8_t *hash, float margin, int32_t *doubt) {
    return estimate(plane, hash, margin, doubt);
}
__attribute__((target("avx2"))) static int32_t finish_avx2(points at, uint8_t *hash) { return finish(at, hash, 0.0f), quality_of(at); }
#else
#define estimate_avx2 estimate_plain
#define finish_avx2 finish_plain
#endif

EXPORT const char *wardline_source(void) { return SOURCE_DIGEST; }

/* Give the quality, 0 to 100, or NO_MEMORY. With `plain` no instructions are used that a machine may lack. */
EXPORT int32_t wardline_pdq_exact(const uint8_t *rgb, int64_t height, int64_t width, int32_t plain, uint8_t hash[BITS / 8]) {
    points at;
    const int wide = !plain && has_avx2();
    if (height < LEAST_SIDE || width < LEAST_SIDE) {
        memset(hash, 0, BITS / 8);
        return 0;
    }
    if (height == SIDE && width == SIDE) luma_plain(rgb, &at[0][0], SIDE * SIDE);
    else if (!filter_all(rgb, height, width, wide, at)) return NO_MEMORY;
    return wide ? finish_avx2(at, hash) : finish_plain(at, hash);
}

/* The same from the luma of a picture of height x width that was decoded at a `factor`th of its size, rounded up. `doubt` takes how many bits
 * may differ from the exact hash: those that change at half the size again, or those that hang on less than `margin`. */
EXPORT int32_t wardline_pdq_linear(const uint8_t *luma, int64_t height, int64_t width, int64_t factor, float margin, int32_t plain,
                                   uint8_t hash[BITS / 8], int32_t *doubt) {
    const int64_t columns = (width + factor - 1) / factor;
    struct plane plane = {.luma = luma, .width = columns, .line = reserve(columns, sizeof(float))};
    int32_t quality = NO_MEMORY;
    if (plane.line && mix(height, factor, &plane.down) && mix(width, factor, &plane.across))
        quality = !plain && has_avx2() ? estimate_avx2(&plane, hash, margin, doubt) : estimate_plain(&plane, hash, margin, doubt);
    free(plane.line), free(plane.down.fine), free(plane.across.fine);
    return quality;
}
