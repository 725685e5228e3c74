/* The compiled twin of reference.py and layout.py: permute, build tables, search, check. Plain C11, no Python.h, no dependencies.
 *
 * A hash is four 64-bit words with its bits permuted; the first two words ("near") and the last two ("far") lie in separate arrays, for
 * two unrelated hashes already differ in more than 31 of their first 128 bits but once in 300 million times, and "near" is half as much
 * to read. A table sorts all rows by one chunk of bits; layout.py says why looking at few of its buckets finds every near hash.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "index files and tables are little-endian; the plain reference serves on this machine"
#endif

#ifndef SOURCE_DIGEST
#define SOURCE_DIGEST "unknown"
#endif
#define PUBLIC __attribute__((visibility("default")))
/* The same text becomes one function for each instruction set. */
#define BODY static inline __attribute__((always_inline))

enum {
    BLOCK_BYTES = 16,     /* a block of a table: uint32 first row, then one byte for each of its buckets */
    BLOCK_BUCKETS = 12,
    FULL = 255,           /* a bucket with this count may go on in the overflow */
    MOST_FLIPS = 4,       /* bits that are flipped in a chunk at most */
    WIDEST = 26,          /* bits of a chunk at most */
    MASKS = 1 + 26 + 325 + 2600 + 14950,
    UNIT = 32,            /* probes that are on their way together */
    WAITING = 1024,       /* candidates that are on their way together */
    SCAN_ROWS = 2048,     /* rows that every query is compared with before the next ones are read: 32 KiB */
    CHECKED_WORDS = 2048, /* words under one sum of a checksum */
    AHEAD = 24,           /* rows between asking for memory and using it, when a table is built */
};

typedef struct {
    const uint8_t *blocks;
    const uint32_t *rows;
    const uint32_t *overflow; /* bucket, first row, rows: sorted by bucket */
    int64_t overflow_count;
    int32_t first_bit;
    int32_t bits;
} table_t;

typedef struct {
    const uint64_t *near, *far;
    const int64_t *ids;
    const uint8_t *dead; /* one byte a row, or NULL */
    int64_t count;
    const table_t *tables;
    int32_t tables_count;
} segment_t;

typedef struct {
    int64_t id;
    uint32_t query;
    uint16_t distance;
} hit_t;

typedef struct {
    hit_t *hits;
    int64_t count, room;
    int32_t failed; /* memory ran out */
} found_t;

/* Ask for memory that is looked at once. Past the second-level cache, so that what is used again and again stays there: a fifth more
 * look-ups a second at ten million hashes. */
#define ASK_FOR(address) __builtin_prefetch((address), 0, 0)

/* One search as all parts of it see it. */
typedef struct {
    const segment_t *segment;
    const uint64_t *queries; /* permuted, four words each */
    int64_t queries_count;
    const int8_t *flips; /* for each table: bits that are flipped; -1: the table is not needed */
    int64_t most_candidates; /* a query with more is answered by a scan */
    int64_t *candidates;     /* for each query, so far */
    found_t *found;
    int32_t radius;
} job_t;

static uint32_t masks[MASKS];            /* all numbers below 2^26 with 0, 1, ... 4 bits set: by that count, then in rising order */
static int32_t masks_of[MOST_FLIPS + 2]; /* where those with so many bits begin */

PUBLIC const char *wardline_source(void) { return SOURCE_DIGEST; }

/* Fill the table of masks. Called once, before anything else; calling it again writes the same. */
PUBLIC void wardline_hamming_prepare(void) {
    int32_t at = 0;
    for (int bits = 0; bits <= MOST_FLIPS; bits++) {
        masks_of[bits] = at;
        if (bits == 0) {
            masks[at++] = 0;
            continue;
        }
        for (uint64_t mask = (1u << bits) - 1; mask < (1u << WIDEST);) {
            masks[at++] = (uint32_t)mask;
            uint64_t low = mask & -mask, carried = mask + low; /* the next number with as many bits (Gosper) */
            mask = carried | (((mask ^ carried) >> 2) >> __builtin_ctzll(mask));
        }
    }
    masks_of[MOST_FLIPS + 1] = at;
}

/* --- bits ------------------------------------------------------------------------------------------------------------------------- */

/* Permute hashes. places: uint64[32, 256, 4], what each value of each byte contributes. order: which hash each row takes, or NULL. */
PUBLIC void wardline_hamming_permute(const uint8_t *hashes, int64_t count, const int64_t *order, const uint64_t *places,
                                     uint64_t *near, uint64_t *far) {
    for (int64_t row = 0; row < count; row++) {
        const uint8_t *hash = hashes + 32 * (order ? order[row] : row);
        uint64_t words[4] = {0, 0, 0, 0};
        for (int byte = 0; byte < 32; byte++) {
            const uint64_t *place = places + 4 * (256 * byte + hash[byte]);
            for (int word = 0; word < 4; word++) words[word] |= place[word];
        }
        memcpy(near + 2 * row, words, 16);
        memcpy(far + 2 * row, words + 2, 16);
    }
}

BODY uint32_t chunk_of(const uint64_t *words, int32_t first_bit, int32_t bits) {
    int word = first_bit >> 6, bit = first_bit & 63;
    uint64_t value = words[word] >> bit;
    if (bit + bits > 64) value |= words[word + 1] << (64 - bit);
    return (uint32_t)(value & ((1u << bits) - 1));
}

/* --- tables ----------------------------------------------------------------------------------------------------------------------- */

BODY uint32_t bucket_of_row(const uint64_t *near, const uint64_t *far, int64_t row, int32_t first_bit, int32_t bits) {
    uint64_t words[4] = {near[2 * row], near[2 * row + 1], far[2 * row], far[2 * row + 1]};
    return chunk_of(words, first_bit, bits);
}

/* Build one table: blocks, uint32 rows[count], and room for uint32 overflow[count / 255 + 1][3].
 * Gives the number of overflowing buckets; -1 when memory ran out. */
PUBLIC int64_t wardline_hamming_table(const uint64_t *near, const uint64_t *far, int64_t count, int32_t first_bit, int32_t bits,
                                      uint8_t *blocks, uint32_t *rows, uint32_t *overflow) {
    int64_t buckets = (int64_t)1 << bits;
    uint32_t *next = calloc((size_t)buckets, sizeof *next);
    uint32_t *keys = malloc((size_t)(count ? count : 1) * sizeof *keys);
    uint32_t *seen = NULL;
    if (!next || !keys) goto out_of_memory;
    for (int64_t row = 0; row < count; row++) keys[row] = bucket_of_row(near, far, row, first_bit, bits);
    for (int64_t row = 0; row < count; row++) {
        if (row + AHEAD < count) __builtin_prefetch(next + keys[row + AHEAD], 1);
        next[keys[row]]++;
    }
    int64_t overflowing = 0;
    uint32_t start = 0;
    for (int64_t bucket = 0; bucket < buckets; bucket++) {
        uint8_t *block = blocks + BLOCK_BYTES * (bucket / BLOCK_BUCKETS);
        int slot = (int)(bucket % BLOCK_BUCKETS);
        uint32_t held = next[bucket], inside = held < FULL ? held : FULL;
        if (slot == 0) {
            memset(block, 0, BLOCK_BYTES);
            memcpy(block, &start, 4);
        }
        block[4 + slot] = (uint8_t)inside;
        if (held > FULL) {
            uint32_t *entry = overflow + 3 * overflowing++;
            entry[0] = (uint32_t)bucket;
            entry[1] = 0; /* set below, when it is known where the inside rows end */
            entry[2] = held - FULL;
        }
        next[bucket] = start;
        start += inside;
    }
    for (int64_t at = 0; at < overflowing; at++) {
        overflow[3 * at + 1] = start;
        start += overflow[3 * at + 2];
    }
    seen = calloc((size_t)overflowing + 1, sizeof *seen);
    if (!seen) goto out_of_memory;
    for (int64_t row = 0; row < count; row++) {
        if (row + AHEAD < count) __builtin_prefetch(next + keys[row + AHEAD], 1);
        uint32_t bucket = keys[row];
        if (overflowing) {
            int64_t low = 0, high = overflowing;
            while (low < high) {
                int64_t middle = (low + high) / 2;
                if (overflow[3 * middle] < bucket) low = middle + 1;
                else high = middle;
            }
            if (low < overflowing && overflow[3 * low] == bucket && seen[low]++ >= FULL) {
                rows[overflow[3 * low + 1] + seen[low] - 1 - FULL] = (uint32_t)row;
                continue;
            }
        }
        rows[next[bucket]++] = (uint32_t)row;
    }
    free(next), free(keys), free(seen);
    return overflowing;
out_of_memory:
    free(next), free(keys), free(seen);
    return -1;
}

/* --- hits ------------------------------------------------------------------------------------------------------------------------- */

static void add_hit(found_t *found, int64_t id, uint32_t query, uint32_t distance) {
    if (found->count == found->room) {
        int64_t room = found->room ? 2 * found->room : 64;
        hit_t *hits = realloc(found->hits, (size_t)room * sizeof *hits);
        if (!hits) {
            found->failed = 1;
            return;
        }
        found->hits = hits, found->room = room;
    }
    found->hits[found->count++] = (hit_t){id, query, (uint16_t)distance};
}

static int by_query_distance_id(const void *first, const void *second) {
    const hit_t *a = first, *b = second;
    if (a->query != b->query) return a->query < b->query ? -1 : 1;
    if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* --- scan ------------------------------------------------------------------------------------------------------------------------- */

/* Say which of up to 64 rows differ in at most `radius` of their first 128 bits: one bit a row. */
typedef uint64_t near_fn(const uint64_t *near, int64_t count, const uint64_t *words, uint64_t radius);

BODY uint64_t near_rows(const uint64_t *near, int64_t count, const uint64_t *words, uint64_t radius) {
    uint64_t any = 0, found = 0, bits[64];
    for (int64_t row = 0; row < count; row++) {
        bits[row] = (uint64_t)__builtin_popcountll(near[2 * row] ^ words[0]) +
                    (uint64_t)__builtin_popcountll(near[2 * row + 1] ^ words[1]);
        any |= (bits[row] - radius - 1) >> 63; /* 1 when bits <= radius */
    }
    if (any)
        for (int64_t row = 0; row < count; row++) found |= (uint64_t)(bits[row] <= radius) << row;
    return found;
}

static uint64_t near_plain(const uint64_t *near, int64_t count, const uint64_t *words, uint64_t radius) {
    return near_rows(near, count, words, radius);
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("popcnt,bmi,bmi2,avx2")))
#define AVX512 __attribute__((target("popcnt,bmi,bmi2,avx2,avx512f,avx512bw,avx512vl,avx512vpopcntdq")))

AVX512 static uint64_t near_avx512(const uint64_t *near, int64_t count, const uint64_t *words, uint64_t radius) {
    return near_rows(near, count, words, radius);
}

/* Counts bits by looking up halves of bytes (Mula). Four rows a step. */
AVX2 static uint64_t near_avx2(const uint64_t *near, int64_t count, const uint64_t *words, uint64_t radius) {
    const __m256i wanted = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)words));
    const __m256i bits_of = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    const __m256i half = _mm256_set1_epi8(15), zero = _mm256_setzero_si256(), over = _mm256_set1_epi64x((int64_t)radius + 1);
    uint64_t found = 0;
    int64_t row = 0;
    for (; row + 4 <= count; row += 4) {
        __m256i sums[2];
        for (int at = 0; at < 2; at++) {
            __m256i other = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(near + 2 * row + 4 * at)), wanted);
            __m256i low = _mm256_shuffle_epi8(bits_of, _mm256_and_si256(other, half));
            __m256i high = _mm256_shuffle_epi8(bits_of, _mm256_and_si256(_mm256_srli_epi16(other, 4), half));
            sums[at] = _mm256_sad_epu8(_mm256_add_epi8(low, high), zero);
        }
        /* Lanes: rows 0, 2, 1, 3. */
        __m256i both = _mm256_add_epi64(_mm256_unpacklo_epi64(sums[0], sums[1]), _mm256_unpackhi_epi64(sums[0], sums[1]));
        unsigned within = (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(over, both)));
        if (within) found |= (uint64_t)((within & 9) | (within & 2) << 1 | (within & 4) >> 1) << row;
    }
    if (row < count) found |= near_rows(near + 2 * row, count - row, words, radius) << row;
    return found;
}
#endif

/* Compare the queries that `wanted` marks (NULL: all) with every row; a few rows at a time, which stay in the cache for all queries. */
BODY void scan(const job_t *job, const uint8_t *wanted, near_fn *near_rows_of) {
    const segment_t *segment = job->segment;
    const uint64_t radius = (uint64_t)job->radius;
    for (int64_t start = 0; start < segment->count; start += SCAN_ROWS) {
        int64_t stop = start + SCAN_ROWS < segment->count ? start + SCAN_ROWS : segment->count;
        for (int64_t query = 0; query < job->queries_count; query++) {
            if (wanted && !wanted[query]) continue;
            const uint64_t *words = job->queries + 4 * query;
            for (int64_t from = start; from < stop; from += 64) {
                const uint64_t *near = segment->near + 2 * from;
                uint64_t within = near_rows_of(near, stop - from < 64 ? stop - from : 64, words, radius);
                for (; within; within &= within - 1) {
                    int at = __builtin_ctzll(within);
                    int64_t row = from + at;
                    const uint64_t *far = segment->far + 2 * row;
                    int bits = __builtin_popcountll(near[2 * at] ^ words[0]) + __builtin_popcountll(near[2 * at + 1] ^ words[1]) +
                               __builtin_popcountll(far[0] ^ words[2]) + __builtin_popcountll(far[1] ^ words[3]);
                    if ((uint64_t)bits <= radius && !(segment->dead && segment->dead[row]))
                        add_hit(job->found, segment->ids[row], (uint32_t)query, (uint32_t)bits);
                }
            }
        }
    }
}

/* --- look up in tables ------------------------------------------------------------------------------------------------------------ */

/* Some of one query's probes of one table. Four units are under way at a time, each a step further than the one after it, so that what
 * a step reads from memory was asked for a whole unit of work ago. */
typedef struct {
    int64_t query;
    int32_t table, probes, spans;
    uint32_t keys[UNIT];
    uint32_t start[2 * UNIT], length[2 * UNIT]; /* a bucket gives a span, and a second one where it overflows */
} unit_t;

typedef struct {
    uint32_t rows[WAITING];
    int64_t query;
    int32_t count, table;
} waiting_t;

/* Where the next unit begins. */
typedef struct {
    int64_t query;
    int32_t table, flipped, at;
} cursor_t;

/* How many masks with so many bits set are below 2^width. They are in rising order, so these come first. */
BODY int32_t masks_below(int32_t flipped, int32_t width) {
    int64_t ways = 1;
    for (int32_t at = 0; at < flipped; at++) ways = ways * (width - at) / (at + 1);
    return (int32_t)ways;
}

/* Step 1: name the buckets and ask for their blocks. Gives 0 when every query is through. */
BODY int name_buckets(const job_t *job, cursor_t *cursor, unit_t *unit) {
    const segment_t *segment = job->segment;
    while (cursor->table < segment->tables_count && job->flips[cursor->table] < 0) cursor->table++;
    if (cursor->table == segment->tables_count) {
        cursor->query++, cursor->table = 0, cursor->flipped = 0, cursor->at = 0;
        while (cursor->table < segment->tables_count && job->flips[cursor->table] < 0) cursor->table++;
    }
    if (cursor->query >= job->queries_count || cursor->table == segment->tables_count) return 0;
    const table_t *table = segment->tables + cursor->table;
    const uint32_t own = chunk_of(job->queries + 4 * cursor->query, table->first_bit, table->bits);
    unit->query = cursor->query, unit->table = cursor->table;
    int32_t filled = 0;
    while (filled < UNIT && cursor->flipped <= job->flips[cursor->table]) {
        int32_t all = masks_below(cursor->flipped, table->bits);
        int32_t many = all - cursor->at < UNIT - filled ? all - cursor->at : UNIT - filled;
        const uint32_t *mask = masks + masks_of[cursor->flipped] + cursor->at;
        for (int32_t at = 0; at < many; at++) {
            uint32_t key = own ^ mask[at];
            unit->keys[filled + at] = key;
            ASK_FOR(table->blocks + (size_t)BLOCK_BYTES * (key / BLOCK_BUCKETS));
        }
        filled += many, cursor->at += many;
        if (cursor->at == all) cursor->flipped++, cursor->at = 0;
    }
    unit->probes = filled;
    if (cursor->flipped > job->flips[cursor->table]) cursor->table++, cursor->flipped = 0, cursor->at = 0;
    return 1;
}

BODY uint32_t sum_of_bytes(uint64_t bytes) {
    bytes = (bytes & 0x00FF00FF00FF00FFull) + ((bytes >> 8) & 0x00FF00FF00FF00FFull);
    return (uint32_t)((bytes * 0x0001000100010001ull) >> 48);
}

static void find_overflow(const table_t *table, uint32_t key, unit_t *unit, int64_t *total) {
    int64_t low = 0, high = table->overflow_count;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (table->overflow[3 * middle] < key) low = middle + 1;
        else high = middle;
    }
    if (low == table->overflow_count || table->overflow[3 * low] != key) return;
    unit->start[unit->spans] = table->overflow[3 * low + 1];
    unit->length[unit->spans++] = table->overflow[3 * low + 2];
    *total += table->overflow[3 * low + 2];
}

/* Step 2: read from the blocks where each bucket's rows are, and ask for these. */
BODY void find_spans(const job_t *job, unit_t *unit) {
    const table_t *table = job->segment->tables + unit->table;
    int64_t total = 0;
    unit->spans = 0;
    for (int32_t at = 0; at < unit->probes; at++) {
        uint32_t key = unit->keys[at], index = key / BLOCK_BUCKETS, slot = key - index * BLOCK_BUCKETS;
        const uint8_t *block = table->blocks + (size_t)BLOCK_BYTES * index;
        uint32_t held = block[4 + slot];
        if (!held) continue;
        uint32_t start, last;
        uint64_t counts;
        memcpy(&start, block, 4), memcpy(&counts, block + 4, 8), memcpy(&last, block + 12, 4);
        if (slot < 8) {
            start += sum_of_bytes(counts & (((uint64_t)1 << (8 * slot)) - 1));
        } else {
            start += sum_of_bytes(counts) + sum_of_bytes(last & (((uint64_t)1 << (8 * (slot - 8))) - 1));
        }
        ASK_FOR(table->rows + start);
        if (((start & 15) + held) > 16) ASK_FOR(table->rows + start + held - 1);
        unit->start[unit->spans] = start, unit->length[unit->spans++] = held;
        total += held;
        if (held == FULL) find_overflow(table, key, unit, &total);
    }
    job->candidates[unit->query] += total;
    if (job->candidates[unit->query] > job->most_candidates) unit->spans = 0;
}

/* A row in reach of several tables counts for the first of them. */
BODY int found_before(const job_t *job, const uint64_t *difference, int32_t table) {
    const table_t *tables = job->segment->tables;
    for (int32_t other = 0; other < table; other++) {
        int32_t bits = __builtin_popcount(chunk_of(difference, tables[other].first_bit, tables[other].bits));
        if (bits <= job->flips[other]) return 1;
    }
    return 0;
}

/* Step 4: compare. */
BODY void compare(const job_t *job, waiting_t *waiting) {
    if (!waiting->count) return; /* and perhaps for no query */
    const segment_t *segment = job->segment;
    const uint64_t *words = job->queries + 4 * waiting->query;
    const uint64_t first = words[0], second = words[1];
    const int32_t radius = job->radius;
    for (int32_t at = 0; at < waiting->count; at++) {
        const uint64_t *near = segment->near + 2 * (size_t)waiting->rows[at];
        int32_t bits = __builtin_popcountll(near[0] ^ first) + __builtin_popcountll(near[1] ^ second);
        if (__builtin_expect(bits > radius, 1)) continue;
        size_t row = waiting->rows[at];
        const uint64_t *far = segment->far + 2 * row;
        uint64_t difference[4] = {near[0] ^ first, near[1] ^ second, far[0] ^ words[2], far[1] ^ words[3]};
        bits += __builtin_popcountll(difference[2]) + __builtin_popcountll(difference[3]);
        if (bits > radius || (segment->dead && segment->dead[row])) continue;
        if (found_before(job, difference, waiting->table)) continue;
        add_hit(job->found, segment->ids[row], (uint32_t)waiting->query, (uint32_t)bits);
    }
    waiting->count = 0;
}

/* Step 3: read the rows, and ask for their hashes. */
BODY void read_rows(const job_t *job, const unit_t *unit, waiting_t *waiting) {
    if (!unit->spans) return; /* and perhaps no table either: the first units and the last ones are empty */
    const segment_t *segment = job->segment;
    const uint32_t *rows = segment->tables[unit->table].rows;
    waiting->query = unit->query, waiting->table = unit->table;
    for (int32_t span = 0; span < unit->spans; span++) {
        const uint32_t *row = rows + unit->start[span];
        for (uint32_t left = unit->length[span]; left;) {
            if (waiting->count == WAITING) compare(job, waiting);
            uint32_t many = left < (uint32_t)(WAITING - waiting->count) ? left : (uint32_t)(WAITING - waiting->count);
            uint32_t *to = waiting->rows + waiting->count;
            for (uint32_t at = 0; at < many; at++) {
                to[at] = row[at];
                ASK_FOR(segment->near + 2 * (size_t)row[at]);
            }
            waiting->count += (int32_t)many, row += many, left -= many;
        }
    }
}

/* Look every query up in the tables. Those with too many candidates are left without an answer: their count says so. */
BODY void look_up(const job_t *job) {
    unit_t units[2];
    waiting_t waiting[2];
    cursor_t cursor = {0, 0, 0, 0};
    int more = 1;
    waiting[0].count = waiting[1].count = 0;
    units[0].probes = units[1].probes = units[0].spans = units[1].spans = 0;
    for (int64_t step = 0, last = INT64_MAX; step <= last; step++) {
        unit_t *here = units + (step & 1), *before = units + ((step + 1) & 1);
        /* `here` still holds the unit of two steps ago, whose spans were found in the last step. */
        waiting_t *asked = waiting + (step & 1), *arrived = waiting + ((step + 1) & 1);
        if (step >= 2) read_rows(job, here, asked);
        if (step >= 3) compare(job, arrived);
        here->spans = here->probes = 0;
        if (more && !(more = name_buckets(job, &cursor, here))) last = step + 2;
        if (step >= 1 && before->probes) find_spans(job, before);
    }
}

/* Answer all queries of one segment. */
BODY int search_segment(job_t *job, near_fn *near_rows_of) {
    if (!job->segment->count || !job->queries_count) return 0;
    if (!job->flips) {
        scan(job, NULL, near_rows_of);
        return 0;
    }
    job->candidates = calloc((size_t)job->queries_count, sizeof *job->candidates);
    uint8_t *too_many = calloc((size_t)job->queries_count, 1);
    int failed = !job->candidates || !too_many;
    if (!failed) {
        found_t *found = job->found;
        int64_t first = found->count, kept = first, any = 0;
        look_up(job);
        for (int64_t query = 0; query < job->queries_count; query++)
            any |= too_many[query] = job->candidates[query] > job->most_candidates;
        if (any) {
            for (int64_t at = first; at < found->count; at++)
                if (!too_many[found->hits[at].query]) found->hits[kept++] = found->hits[at];
            found->count = kept;
            scan(job, too_many, near_rows_of);
        }
    }
    free(job->candidates), free(too_many);
    return failed ? -1 : 0;
}

/* --- one function for each instruction set ---------------------------------------------------------------------------------------- */

typedef int search_fn(job_t *);
static int search_plain(job_t *job) { return search_segment(job, near_plain); }
#if defined(__x86_64__)
AVX2 static int search_avx2(job_t *job) { return search_segment(job, near_avx2); }
AVX512 static int search_avx512(job_t *job) { return search_segment(job, near_avx512); }
#endif

static int32_t plainest; /* 1: use no instruction that every machine does not have. For tests */

PUBLIC void wardline_hamming_plain(int32_t plain) { plainest = plain; }

/* Which one this machine can run. */
static search_fn *chosen(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (plainest) return search_plain;
    int avx2 = __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("avx2");
    if (avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vpopcntdq"))
        return search_avx512;
    if (avx2) return search_avx2;
#endif
    return search_plain;
}

/* Answer queries, uint8[queries_count, 32], from two segments. Fills offsets[queries_count + 1] and gives the hits, ordered; -1 when
 * memory ran out. flips: one number for each table of the first segment, or NULL to scan it. The second is always scanned. */
PUBLIC int32_t wardline_hamming_search(const segment_t *main, const segment_t *delta, const uint8_t *queries, int64_t queries_count,
                                       int32_t radius, const int8_t *flips, int64_t most_candidates, const uint64_t *places,
                                       int64_t *offsets, found_t *found) {
    uint64_t few[4 * 16], *words = few;
    memset(found, 0, sizeof *found);
    if (queries_count > 16 && !(words = malloc((size_t)queries_count * 32))) return -1;
    for (int64_t query = 0; query < queries_count; query++)
        wardline_hamming_permute(queries + 32 * query, 1, NULL, places, words + 4 * query, words + 4 * query + 2);
    job_t job = {main, words, queries_count, flips, most_candidates, NULL, found, radius};
    search_fn *search = chosen();
    int failed = search(&job);
    job.segment = delta, job.flips = NULL;
    failed |= search(&job) | found->failed;
    if (words != few) free(words);
    if (failed) {
        free(found->hits);
        return -1;
    }
    if (found->count > 1) qsort(found->hits, (size_t)found->count, sizeof *found->hits, by_query_distance_id);
    memset(offsets, 0, (size_t)(queries_count + 1) * sizeof *offsets);
    for (int64_t at = 0; at < found->count; at++) offsets[found->hits[at].query + 1]++;
    for (int64_t query = 0; query < queries_count; query++) offsets[query + 1] += offsets[query];
    return 0;
}

/* Copy the hits out and give their memory back. */
PUBLIC void wardline_hamming_take(found_t *found, int64_t *ids, uint16_t *distances) {
    for (int64_t at = 0; at < found->count; at++) ids[at] = found->hits[at].id, distances[at] = found->hits[at].distance;
    free(found->hits);
    memset(found, 0, sizeof *found);
}

/* --- checksum --------------------------------------------------------------------------------------------------------------------- */

/* For each 16 KiB give the sum of its 32-bit halves times odd keys: uint64[ceil(words / 2048)]. The last may be shorter. */
PUBLIC void wardline_hamming_sums(const uint32_t *halves, int64_t words, const uint32_t *keys, uint64_t *sums) {
    for (int64_t start = 0, at = 0; start < words; start += CHECKED_WORDS, at++) {
        int64_t many = 2 * (words - start < CHECKED_WORDS ? words - start : CHECKED_WORDS);
        const uint32_t *half = halves + 2 * start;
        uint64_t sum = 0;
        for (int64_t place = 0; place < many; place++) sum += (uint64_t)half[place] * keys[place];
        sums[at] = sum;
    }
}
