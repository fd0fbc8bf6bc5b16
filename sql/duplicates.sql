-- The chunks whose copies take most bytes, with the first path that each begins in. Cut by `whole`, chunks are files.
WITH objects AS (
  SELECT
    chunker, prefix, digest_high, digest_low, length,
    COUNT(*) AS occurrences,
    COUNT(DISTINCT image) AS images,
    MIN(image) AS image
  FROM chunks
  GROUP BY chunker, prefix, digest_high, digest_low, length
),
ranked AS (
  SELECT
    objects.*,
    ROW_NUMBER() OVER (
      PARTITION BY chunker ORDER BY length * (occurrences - 1) DESC, digest_high, digest_low
    ) AS place
  FROM objects
  WHERE occurrences > 1 AND length > 0
),
tops AS (
  SELECT * FROM ranked WHERE place <= 20
),
begun AS (
  SELECT tops.chunker, tops.place, MIN(chunks.path) AS path
  FROM tops
  JOIN chunks
    ON chunks.chunker = tops.chunker
    AND chunks.prefix = tops.prefix
    AND chunks.digest_high = tops.digest_high
    AND chunks.digest_low = tops.digest_low
    AND chunks.length = tops.length
    AND chunks.image = tops.image
  GROUP BY tops.chunker, tops.place
)
SELECT
  chunkers.id AS chunker,
  tops.place,
  tops.length,
  tops.occurrences,
  tops.images,
  tops.length * (tops.occurrences - 1) AS copied_bytes,
  COALESCE(paths.name, '') AS path
FROM tops
JOIN begun ON begun.chunker = tops.chunker AND begun.place = tops.place
JOIN chunkers ON chunkers.chunker = tops.chunker
LEFT JOIN paths ON paths.image = tops.image AND paths.path = begun.path
ORDER BY chunkers.chunker, tops.place
