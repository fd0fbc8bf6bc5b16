-- How a store grows as images arrive in the order of the series: what each brings, and all so far.
SELECT
  chunkers.id AS chunker,
  images.id AS image,
  sums.stream_bytes,
  COALESCE(news.new_bytes, 0) AS new_bytes,
  COALESCE(news.new_objects, 0) AS new_objects,
  CAST(SUM(COALESCE(news.new_bytes, 0)) OVER (
    PARTITION BY sums.chunker ORDER BY sums.image ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS BIGINT) AS unique_bytes,
  CAST(SUM(COALESCE(news.new_objects, 0)) OVER (
    PARTITION BY sums.chunker ORDER BY sums.image ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS BIGINT) AS objects
FROM (
  SELECT chunker, image, CAST(SUM(length) AS BIGINT) AS stream_bytes
  FROM chunks
  GROUP BY chunker, image
) AS sums
LEFT JOIN (
  SELECT chunker, image, CAST(SUM(length) AS BIGINT) AS new_bytes, COUNT(*) AS new_objects
  FROM (
    SELECT chunker, digest_high, digest_low, length, MIN(image) AS image
    FROM chunks
    GROUP BY chunker, prefix, digest_high, digest_low, length
  ) AS firsts
  GROUP BY chunker, image
) AS news ON news.chunker = sums.chunker AND news.image = sums.image
JOIN chunkers ON chunkers.chunker = sums.chunker
JOIN images ON images.image = sums.image
ORDER BY chunkers.chunker, images.image
