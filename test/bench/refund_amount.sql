-- What a ratio that cannot be wrong costs against arithmetic that can be.
CREATE TABLE sales AS
	SELECT (n % 99999 + 1)::numeric / 100 AS paid, (5 + n % 95)::numeric / 100 AS fraction,
		((5 + n % 95) || '%')::aftersale.refund_ratio AS ratio
	FROM generate_series(1, 200000) n;
VACUUM ANALYZE sales;

SELECT * FROM ratio('refund_amount(paid, ratio, ''USD''), 200,000 rows', 'round(paid * fraction, 2)',
	'SELECT sum(aftersale.refund_amount(paid, ratio, ''USD'')) FROM sales',
	'SELECT sum(round(paid * fraction, 2)) FROM sales');
SELECT * FROM ratio('sort by refund_ratio, 200,000 rows', 'sort by numeric',
	'SELECT FROM sales ORDER BY ratio OFFSET 1000000', 'SELECT FROM sales ORDER BY fraction OFFSET 1000000');
