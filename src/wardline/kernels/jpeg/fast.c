/* The luma of a JPEG at a fraction of its size, the compiled twin of reference.py: the same whole numbers, so that not one bit differs.
 *
 * Nearly all that a JPEG costs when it is decoded small is the reading of its Huffman codes. What makes that quick here:
 *
 * - Stuffed bytes are taken out before, so that 56 bits and more are read at once, without a look at each byte.
 * - A table of the next `LOOK` bits gives one or two codes, the numbers behind them and the places that they move to in one step.
 * - Of what only has to be passed over, colours and high frequencies, such a table passes over several codes at once.
 * - There is no inverse transform: each coefficient adds its own picture, of 16 points at most, to those of its block.
 *
 * Whatever is not a plain baseline JPEG, complete and without any fault, is left to another decoder, which says what is the matter with it.
 *
 * Source: ITU-T T.81 (JPEG), annexes B and F; T.871 (JFIF).
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef SOURCE_DIGEST
#define SOURCE_DIGEST "unknown"
#endif
#define EXPORT __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))

enum { SIDE = 8, PLACES = 64, LAST = PLACES - 1, END = PLACES, MOST_COMPONENTS = 3, TABLES = 4, MOST_CODE_BITS = 16, MOST_BLOCKS = 10 };
enum { LOOK = 11, SCALE = 14, MOST_VALUE = 2047, MOST_DC_SIZE = 11, MOST_DC_SYMBOL = 15, MOST_AC_SIZE = 10, POINTS = 16 };
enum { NO_MEMORY = -1, NOT_OURS = 0, DONE = 1 };
enum { PADDING = MOST_BLOCKS * PLACES * 32 / 8 + 8 }; /* what can be read beyond the end before that is noticed: codes have 27 bits at most */

static const uint8_t natural[PLACES] = { /* where the coefficients come from, in the order in which they are stored */
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

static int64_t parts_of(int64_t whole, int64_t part) { return (whole + part - 1) / part; }

/* ---- bits ------------------------------------------------------------------------------------------------------------------------- */
struct bits { /* the next ones are the highest of `word`, of which `held` count */
    const uint8_t *at;
    uint64_t word;
    int held;
};

INLINE void refill(struct bits *bits) { /* 56 are held then, and perhaps more */
    uint64_t next;
    memcpy(&next, bits->at, sizeof next);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    next = __builtin_bswap64(next);
#endif
    bits->word |= next >> bits->held;
    bits->at += (63 - bits->held) >> 3;
    bits->held |= 56;
}

INLINE void drop(struct bits *bits, int count) {
    bits->word <<= count;
    bits->held -= count;
}

/* ---- codes ------------------------------------------------------------------------------------------------------------------------ */
/* What a code and the number behind it come to: bits 0 to 7 say how many bits both have, bits 8 to 15 by how many places they move on, or
 * `END`, and the rest is the number. 0 is none that there is. */
typedef int32_t step;
INLINE int bits_of(step step) { return step & 255; }
INLINE int move_of(step step) { return step >> 8 & 255; }
INLINE int32_t number_of(step step) { return step >> 16; }

struct pair { /* the same of one code, or of two: how far it is to the first number and to the second, how many bits they all have, and whether */
    int16_t first, second; /* the block ends then */
    uint8_t move, moves, bits, ends;
};
struct codes {
    int present, is_dc;
    uint8_t count[MOST_CODE_BITS + 1], symbols[256];
    step one[1 << LOOK];       /* by the next bits; 0 where these do not say it all */
    struct pair pairs[1 << LOOK]; /* without bits where `one` is 0 */
    uint32_t several[1 << LOOK]; /* the same of as many as fit: bits, places, and in bit 16 whether the block ends; 0 where none does */
};

static step step_of(const struct codes *codes, int symbol, int length, uint64_t after) {
    const int size = symbol & 15, run = symbol >> 4;
    if (size > (codes->is_dc ? MOST_DC_SIZE : MOST_AC_SIZE) || (codes->is_dc && run)) return 0;
    if (!size && codes->is_dc) return 1 << 8 | length;
    if (!size) return run == 0 ? END << 8 | length : run == 15 ? 16 << 8 | length : 0;
    int32_t number = (int32_t)(after >> (64 - size));
    if (number < 1 << (size - 1)) number -= (1 << size) - 1;
    return number * 65536 + ((run + 1) << 8 | (length + size));
}

/* Read what comes next, code by code. `word` holds 27 bits or more. */
static __attribute__((noinline)) step read_slowly(const struct codes *codes, uint64_t word) {
    int32_t first = 0, before = 0;
    for (int length = 1; length <= MOST_CODE_BITS; length++) {
        const int32_t code = (int32_t)(word >> (64 - length)) - first;
        if (code < codes->count[length]) return step_of(codes, codes->symbols[before + code], length, word << length);
        first = (first + codes->count[length]) * 2;
        before += codes->count[length];
    }
    return 0;
}

static uint32_t pass_of(const struct codes *codes, uint32_t word) {
    int used = 0, moved = 0;
    for (;;) {
        const step next = codes->one[word << used & ((1 << LOOK) - 1)];
        if (!next || used + bits_of(next) > LOOK) break;
        used += bits_of(next);
        if (move_of(next) == END) return (uint32_t)(1 << 16 | moved << 8 | used);
        moved += move_of(next);
    }
    return used && moved <= LAST ? (uint32_t)(moved << 8 | used) : 0;
}

/* Look at what comes after a code as well. Where the block ends, the numbers are 0 and their places the last one. */
static struct pair pair_of(const struct codes *codes, uint32_t word) {
    const step first = codes->one[word];
    if (!first) return (struct pair){0};
    if (move_of(first) == END) return (struct pair){.bits = (uint8_t)bits_of(first), .ends = 1};
    struct pair pair = {.first = (int16_t)number_of(first), .move = (uint8_t)move_of(first), .moves = (uint8_t)move_of(first), .bits = (uint8_t)bits_of(first)};
    const step second = codes->one[word << pair.bits & ((1 << LOOK) - 1)];
    if (!second || pair.bits + bits_of(second) > LOOK) return pair;
    pair.bits = (uint8_t)(pair.bits + bits_of(second));
    pair.ends = move_of(second) == END;
    if (pair.ends) return pair;
    pair.second = (int16_t)number_of(second);
    pair.moves = (uint8_t)(pair.moves + move_of(second));
    return pair;
}

static void prepare(struct codes *codes) {
    for (uint32_t word = 0; word < 1 << LOOK; word++) {
        const step next = read_slowly(codes, (uint64_t)word << (64 - LOOK));
        codes->one[word] = bits_of(next) <= LOOK ? next : 0;
    }
    for (uint32_t word = 0; word < 1 << LOOK && !codes->is_dc; word++) codes->several[word] = pass_of(codes, word), codes->pairs[word] = pair_of(codes, word);
}

INLINE step read_dc(const struct codes *codes, struct bits *bits) {
    refill(bits);
    step next = codes->one[bits->word >> (64 - LOOK)];
    if (!next) next = read_slowly(codes, bits->word);
    drop(bits, bits_of(next));
    return next;
}

/* Pass over the rest of a block, from a place on; 0 when it is faulty. */
INLINE int pass(const struct codes *codes, struct bits *bits, int place) {
    while (place < LAST) {
        refill(bits);
        for (int turn = 0; turn < 4 && place < LAST; turn++) {
            const uint32_t next = codes->several[bits->word >> (64 - LOOK)];
            const int to = place + (int)(next >> 8 & 255), ends = (int)(next >> 16);
            if (next && to + ends <= LAST) {
                drop(bits, (int)(next & 255));
                if (ends) return 1;
                place = to;
                continue;
            }
            refill(bits); /* one alone: it is long, or the code behind it is the next block's */
            const step alone = read_slowly(codes, bits->word);
            if (!alone) return 0;
            drop(bits, bits_of(alone));
            if (move_of(alone) == END) return 1;
            place += move_of(alone);
            break;
        }
    }
    return place == LAST;
}

/* ---- blocks ----------------------------------------------------------------------------------------------------------------------- */
typedef int32_t lanes __attribute__((vector_size(32)));
struct points { lanes low, high; }; /* those of a block, row by row, times 1 << SCALE; two halves, or GCC sends them through memory */
struct block { /* as far as it was read */
    const uint8_t *steps;
    const struct points *alone;
    struct points sum;
    uint32_t is_wild;
};
struct component { int id, across, down, quantiser, dc, ac; int32_t last; };
struct picture {
    int64_t width, height, factor, every; /* a fresh start comes after each `every` units; 0: none does */
    int count, seen_frame, is_jfif, is_adobe, transform;
    struct component components[MOST_COMPONENTS];
    uint8_t quantisers[TABLES][PLACES];
    struct codes dc[TABLES], ac[TABLES];
    struct points alone[PLACES]; /* what each coefficient of 1 adds */
    uint8_t steps[PLACES]; /* the quantiser of luma, and 0 for what does not count at this fraction */
};

/* Each point is the mean of `factor` x `factor` pixels, so is what a coefficient adds to it. */
static void prepare_points(struct picture *picture, int last) {
    memcpy(picture->steps, picture->quantisers[picture->components[0].quantiser], (size_t)last + 1);
    const double pi = 3.14159265358979323846;
    const int factor = (int)picture->factor, side = SIDE / factor;
    double lines[SIDE][SIDE];
    for (int wave = 0; wave < SIDE; wave++)
        for (int at = 0; at < side; at++) {
            double sum = 0.0;
            for (int i = 0; i < factor; i++) sum += cos((2 * (at * factor + i) + 1) * wave * pi / 16.0);
            lines[wave][at] = sum / factor * (wave ? 0.5 : sqrt(0.125));
        }
    for (int place = 0; place < PLACES; place++) {
        int32_t values[POINTS] = {0};
        for (int i = 0; i < side * side; i++)
            values[i] = (int32_t)lround(lines[natural[place] / SIDE][i / side] * lines[natural[place] % SIDE][i % side] * (1 << SCALE));
        memcpy(&picture->alone[place], values, sizeof values);
    }
}

INLINE void add(struct block *block, int place, int32_t number) {
    const int32_t value = number * block->steps[place];
    block->is_wild |= (uint32_t)(value + MOST_VALUE) > 2 * MOST_VALUE; /* no encoder makes it, and sums stay in 32 bits */
    block->sum.low += value * block->alone[place].low;
    block->sum.high += value * block->alone[place].high;
}

/* Read a block of luma; 0 when it is faulty. What lies behind `last` does not count. */
INLINE int read_block(const struct picture *picture, struct component *luma, struct bits *bits, const int last, struct points *out) {
    const struct codes *codes = &picture->ac[luma->ac];
    struct block block = {.steps = picture->steps, .alone = picture->alone};
    const step dc = read_dc(&picture->dc[luma->dc], bits);
    luma->last += number_of(dc);
    if (!dc || luma->last < -MOST_VALUE || luma->last > MOST_VALUE) return 0;
    add(&block, 0, luma->last);
    int place = 0, ends = 0;
    while (place < last && !ends) {
        refill(bits);
        for (int turn = 0; turn < 4 && place < last; turn++) {
            const struct pair pair = codes->pairs[bits->word >> (64 - LOOK)];
            const int to = place + pair.moves;
            if (!pair.bits || to + pair.ends > LAST) { /* one alone: it is long, or what comes behind it is the next block's */
                refill(bits);
                const step alone = read_slowly(codes, bits->word);
                drop(bits, bits_of(alone));
                ends = move_of(alone) == END;
                if (!alone || (!ends && place + move_of(alone) > LAST)) return 0;
                if (!ends) add(&block, place += move_of(alone), number_of(alone));
                break;
            }
            drop(bits, pair.bits);
            add(&block, place + pair.move, pair.first);
            add(&block, to, pair.second);
            place = to;
            if ((ends = pair.ends)) break;
        }
    }
    *out = block.sum;
    return !block.is_wild && (ends || pass(codes, bits, place));
}

static void put(const struct points *points, int64_t side, uint8_t *luma, int64_t columns, int64_t top, int64_t left, int64_t rows) {
    int32_t values[POINTS];
    memcpy(values, points, sizeof values);
    for (int i = 0; i < POINTS; i++) {
        const int32_t value = (values[i] + (128 << SCALE) + (1 << (SCALE - 1))) >> SCALE;
        values[i] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
    const int64_t deep = rows - top < side ? rows - top : side, wide = columns - left < side ? columns - left : side;
    for (int64_t i = 0; i < deep; i++)
        for (int64_t j = 0; j < wide; j++) luma[(top + i) * columns + left + j] = (uint8_t)values[i * side + j];
}

/* ---- the scan --------------------------------------------------------------------------------------------------------------------- */
struct scan { /* without stuffed bytes and markers, in pieces that each begin anew */
    uint8_t *bytes;
    int64_t *ends, pieces;
};

/* Read the blocks of one unit: of luma first, then of colours. */
INLINE int read_unit(struct picture *picture, struct bits *bits, int64_t row, int64_t column, const int last, uint8_t *luma) {
    struct component *first = &picture->components[0];
    const int64_t side = SIDE / picture->factor;
    const int64_t columns = parts_of(picture->width, picture->factor), rows = parts_of(picture->height, picture->factor);
    for (int down = 0; down < first->down; down++)
        for (int across = 0; across < first->across; across++) {
            struct points points;
            if (!read_block(picture, first, bits, last, &points)) return 0;
            put(&points, side, luma, columns, (row * first->down + down) * side, (column * first->across + across) * side, rows);
        }
    for (int i = 1; i < picture->count; i++)
        for (int block = 0; block < picture->components[i].across * picture->components[i].down; block++)
            if (!read_dc(&picture->dc[picture->components[i].dc], bits) || !pass(&picture->ac[picture->components[i].ac], bits, 0)) return 0;
    return 1;
}

INLINE int read_scan(struct picture *picture, const struct scan *scan, const int last, uint8_t *luma) {
    const int64_t across = parts_of(picture->width, SIDE * picture->components[0].across);
    const int64_t units = across * parts_of(picture->height, SIDE * picture->components[0].down), every = picture->every ? picture->every : units;
    if (scan->pieces != parts_of(units, every)) return 0;
    int64_t begin = 0;
    for (int64_t piece = 0; piece < scan->pieces; piece++) {
        struct bits bits = {.at = scan->bytes + begin};
        const int64_t first = piece * every, beyond = first + every < units ? first + every : units;
        picture->components[0].last = 0;
        for (int64_t unit = first; unit < beyond; unit++) {
            if (!read_unit(picture, &bits, unit / across, unit % across, last, luma)) return 0;
            if (bits.at - scan->bytes - bits.held / 8 > scan->ends[piece]) return 0;
        }
        const int64_t left = 8 * (scan->ends[piece] - (bits.at - scan->bytes)) + bits.held;
        if (left < 0 || left >= 8) return 0;
        begin = scan->ends[piece];
    }
    return 1;
}

static __attribute__((noinline)) int read_plain(struct picture *picture, const struct scan *scan, int last, uint8_t *luma) {
    return read_scan(picture, scan, last, luma);
}
#if defined(__x86_64__)
__attribute__((noinline, target("avx2,bmi,bmi2"))) static int read_avx2(struct picture *picture, const struct scan *scan, int last, uint8_t *luma) {
    return read_scan(picture, scan, last, luma);
}
static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"); }
#else
#define read_avx2 read_plain
static int has_avx2(void) { return 0; }
#endif

/* Take the stuffed bytes out, up to the end of the picture, which has to be there; 0 when there are more pieces than `most`, or another marker. */
static int clean(const uint8_t *from, int64_t size, int64_t most, struct scan *scan) {
    int64_t at = 0, written = 0;
    for (;;) {
        const uint8_t *mark = at < size ? memchr(from + at, 0xff, (size_t)(size - at)) : NULL;
        if (!mark || mark + 1 == from + size) return 0;
        memcpy(scan->bytes + written, from + at, (size_t)(mark - from - at));
        written += mark - from - at;
        at = mark - from + 2;
        if (mark[1] == 0x00) {
            scan->bytes[written++] = 0xff;
            continue;
        }
        if (scan->pieces == most) return 0;
        scan->ends[scan->pieces++] = written;
        if (mark[1] == 0xd9) break;
        if (mark[1] != 0xd0 + (scan->pieces - 1) % 8) return 0; /* fresh starts are counted from 0 to 7 */
    }
    memset(scan->bytes + written, 0, PADDING);
    return 1;
}

/* ---- headers ---------------------------------------------------------------------------------------------------------------------- */
static int read_codes(struct picture *picture, const uint8_t *at, int64_t size) {
    while (size > MOST_CODE_BITS) {
        const int is_dc = !(at[0] >> 4), table = at[0] & 15;
        int32_t total = 0, code = 0;
        if (at[0] >> 4 > 1 || table >= TABLES) return 0;
        struct codes *codes = is_dc ? &picture->dc[table] : &picture->ac[table];
        for (int length = 1; length <= MOST_CODE_BITS; length++, code *= 2) {
            total += codes->count[length] = at[length];
            if ((code += at[length]) >= 1 << length) return 0; /* more than there can be of this length, of which none is all ones */
        }
        at += MOST_CODE_BITS + 1, size -= MOST_CODE_BITS + 1;
        if (total > (int)sizeof codes->symbols || total > size) return 0;
        memcpy(codes->symbols, at, (size_t)total);
        for (int32_t i = 0; is_dc && i < total; i++)
            if (at[i] > MOST_DC_SYMBOL) return 0; /* one that never comes, too: other decoders refuse the table */
        at += total, size -= total;
        codes->present = 1, codes->is_dc = is_dc;
    }
    return size == 0;
}

static int read_quantisers(struct picture *picture, const uint8_t *at, int64_t size) {
    for (; size > PLACES; at += PLACES + 1, size -= PLACES + 1) {
        if (at[0] >= TABLES || memchr(at + 1, 0, PLACES)) return 0; /* or of 16 bits */
        memcpy(picture->quantisers[at[0]], at + 1, PLACES);
    }
    return size == 0;
}

static int read_frame(struct picture *picture, const uint8_t *at, int64_t size) {
    int blocks = 0;
    if (picture->seen_frame++ || size < 6 || at[0] != 8) return 0;
    picture->count = at[5];
    if ((at[1] << 8 | at[2]) != picture->height || (at[3] << 8 | at[4]) != picture->width) return 0;
    if ((picture->count != 1 && picture->count != MOST_COMPONENTS) || size != 6 + 3 * picture->count) return 0;
    for (int i = 0; i < picture->count; i++) {
        const uint8_t *said = at + 6 + 3 * i;
        struct component *component = &picture->components[i], *luma = picture->components;
        *component = (struct component){.id = said[0], .across = said[1] >> 4, .down = said[1] & 15, .quantiser = said[2]};
        if (component->across < 1 || component->across > 4 || component->down < 1 || component->down > 4 || said[2] >= TABLES) return 0;
        if (component->across > luma->across || component->down > luma->down) return 0; /* then luma were not the finest */
        if (picture->count == 1) component->across = component->down = 1;
        blocks += component->across * component->down;
    }
    return blocks <= MOST_BLOCKS;
}

static int is_ours(const struct picture *picture, const uint8_t *at, int64_t size) {
    if (!picture->seen_frame || size != 4 + 2 * picture->count || at[0] != picture->count) return 0;
    const uint8_t *spectral = at + 1 + 2 * picture->count;
    if (spectral[0] != 0 || spectral[1] != LAST || spectral[2] != 0) return 0;
    if (picture->count == 1) return 1;
    const struct component *each = picture->components;
    const int is_numbered = each[0].id == 1 && each[1].id == 2 && each[2].id == 3;
    return picture->is_jfif || (picture->is_adobe ? picture->transform == 1 : is_numbered); /* else it might be RGB */
}

static int read_start(struct picture *picture, const uint8_t *at, int64_t size) {
    if (!is_ours(picture, at, size)) return 0;
    for (int i = 0; i < picture->count; i++) {
        struct component *component = &picture->components[i];
        const int dc = at[2 + 2 * i] >> 4, ac = at[2 + 2 * i] & 15;
        if (at[1 + 2 * i] != component->id || dc >= TABLES || ac >= TABLES) return 0;
        if (!picture->dc[dc].present || !picture->ac[ac].present || !picture->quantisers[component->quantiser][0]) return 0;
        component->dc = dc, component->ac = ac;
    }
    for (int i = 0; i < TABLES; i++) {
        if (picture->dc[i].present) prepare(&picture->dc[i]);
        if (picture->ac[i].present) prepare(&picture->ac[i]);
    }
    return 1;
}

/* Read everything before the scan, and say where that begins; 0 when anything is unusual. */
static int64_t read_headers(struct picture *picture, const uint8_t *content, int64_t size) {
    int64_t at = 2;
    if (size < 2 || content[0] != 0xff || content[1] != 0xd8) return 0;
    while (at + 4 <= size && content[at] == 0xff) {
        const int marker = content[at + 1], length = content[at + 2] << 8 | content[at + 3];
        const uint8_t *said = content + at + 4;
        const int64_t told = length - 2;
        int good = 1;
        if (told < 0 || at + 2 + length > size) return 0;
        at += 2 + length;
        if (marker == 0xda) return read_start(picture, said, told) ? at : 0;
        else if (marker == 0xc4) good = read_codes(picture, said, told);
        else if (marker == 0xdb) good = read_quantisers(picture, said, told);
        else if (marker == 0xc0 || marker == 0xc1) good = read_frame(picture, said, told);
        else if (marker == 0xdd && told == 2) picture->every = said[0] << 8 | said[1];
        else if (marker == 0xe0 && told >= 14 && !memcmp(said, "JFIF", 5)) picture->is_jfif = 1;
        else if (marker == 0xee && told >= 12 && !memcmp(said, "Adobe", 5)) picture->is_adobe = 1, picture->transform = said[11];
        else good = marker == 0xfe || (marker >= 0xe0 && marker <= 0xef); /* comments and what applications say */
        if (!good) return 0;
    }
    return 0;
}

static int read_all(struct picture *picture, const uint8_t *content, int64_t size, int plain, uint8_t *luma) {
    const int64_t begin = read_headers(picture, content, size);
    if (!begin) return NOT_OURS;
    const struct component *first = picture->components;
    const int64_t units = parts_of(picture->width, SIDE * first->across) * parts_of(picture->height, SIDE * first->down);
    const int64_t most = picture->every ? parts_of(units, picture->every) : 1;
    struct scan scan = {.bytes = malloc((size_t)(size - begin) + PADDING), .ends = malloc((size_t)most * sizeof *scan.ends)};
    int outcome = scan.bytes && scan.ends ? NOT_OURS : NO_MEMORY;
    if (outcome == NOT_OURS && clean(content + begin, size - begin, most, &scan)) {
        const int last = picture->factor == 8 ? 0 : picture->factor == 4 ? 9 : LAST; /* what else there is hardly changes such means: see reference.py */
        prepare_points(picture, last);
        outcome = (plain || !has_avx2() ? read_plain : read_avx2)(picture, &scan, last, luma) ? DONE : NOT_OURS;
    }
    free(scan.bytes), free(scan.ends);
    return outcome;
}

/* ---- what ctypes calls ------------------------------------------------------------------------------------------------------------ */
EXPORT const char *wardline_source(void) { return SOURCE_DIGEST; }

/* Write the luma of a picture of that width and height, decoded at a `factor`th of its size (2, 4 or 8), rounded up. Gives DONE, NOT_OURS or
 * NO_MEMORY. With `plain` no instructions are used that a machine may lack. */
EXPORT int32_t wardline_jpeg_luma(const uint8_t *content, int64_t size, int64_t width, int64_t height, int64_t factor, int32_t plain, uint8_t *luma) {
    struct picture *picture = aligned_alloc(64, (sizeof *picture + 63) / 64 * 64);
    if (!picture) return NO_MEMORY;
    memset(picture, 0, sizeof *picture);
    picture->width = width, picture->height = height, picture->factor = factor;
    const int outcome = read_all(picture, content, size, plain, luma);
    free(picture);
    return outcome;
}
