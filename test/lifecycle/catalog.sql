-- What the catalogs say of the extension and of the tables of schema aftersale,
-- one line a fact, so that two databases of a server can be compared line by
-- line.  A temporary view "catalog": kind, object, fact.
SET search_path = pg_catalog;
CREATE TEMP VIEW member AS
SELECT d.classid, d.objid FROM pg_depend d
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
    AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'aftersale');

CREATE TEMP VIEW relation AS
SELECT c.* FROM pg_class c WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S');

-- everything that lies in the schema, whoever it belongs to
CREATE TEMP VIEW object AS
SELECT 'pg_proc'::regclass AS classid, oid AS objid FROM pg_proc WHERE pronamespace = 'aftersale'::regnamespace
UNION SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace = 'aftersale'::regnamespace
UNION SELECT 'pg_operator'::regclass, oid FROM pg_operator WHERE oprnamespace = 'aftersale'::regnamespace
UNION SELECT 'pg_opclass'::regclass, oid FROM pg_opclass WHERE opcnamespace = 'aftersale'::regnamespace
UNION SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily WHERE opfnamespace = 'aftersale'::regnamespace
UNION SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relnamespace = 'aftersale'::regnamespace
UNION SELECT 'pg_constraint'::regclass, oid FROM pg_constraint WHERE connamespace = 'aftersale'::regnamespace
UNION SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION SELECT 'pg_policy'::regclass, p.oid FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
UNION SELECT 'pg_rewrite'::regclass, p.oid FROM pg_rewrite p JOIN relation r ON r.oid = p.ev_class
UNION SELECT 'pg_statistic_ext'::regclass, oid FROM pg_statistic_ext WHERE stxnamespace = 'aftersale'::regnamespace
UNION SELECT 'pg_namespace'::regclass, 'aftersale'::regnamespace
UNION SELECT * FROM member;

CREATE TEMP VIEW catalog (kind, object, fact) AS
-- what there is, and whether the extension owns it; casts and the like have no name
SELECT 'object', pg_describe_object(o.classid, o.objid, 0),
    CASE WHEN (o.classid, o.objid) IN (SELECT m.classid, m.objid FROM member m) THEN 'of the extension' ELSE 'of the user' END
FROM object o
UNION ALL
SELECT 'comment', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description
FROM pg_description d JOIN object o ON o.classid = d.classoid AND o.objid = d.objoid
UNION ALL
SELECT 'function', p.oid::regprocedure::text, concat_ws(' | ', p.prokind, l.lanname, p.provolatile, p.proparallel, p.proisstrict, p.prosecdef,
    p.proleakproof, p.proretset, p.procost, p.prorows, p.prosupport, p.proconfig, pg_get_function_result(p.oid), pg_get_function_arguments(p.oid),
    p.prosrc, p.probin, pg_get_userbyid(p.proowner))
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = 'aftersale'::regnamespace
UNION ALL
SELECT 'aggregate', a.aggfnoid::text, concat_ws(' | ', a.aggkind, a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
    a.aggmtransfn, a.aggfinalextra, a.aggfinalmodify, a.aggsortop::regoperator, a.aggtranstype::regtype, a.aggtransspace, a.agginitval)
FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid WHERE p.pronamespace = 'aftersale'::regnamespace
UNION ALL
SELECT 'type', t.oid::regtype::text, concat_ws(' | ', t.typlen, t.typbyval, t.typtype, t.typcategory, t.typispreferred, t.typdelim, t.typinput, t.typoutput,
    t.typreceive, t.typsend, t.typmodin, t.typmodout, t.typanalyze, t.typsubscript, t.typalign, t.typstorage, t.typnotnull, t.typbasetype::regtype,
    t.typdefault, t.typcollation::regcollation, t.typelem::regtype, t.typarray::regtype, pg_get_userbyid(t.typowner))
FROM pg_type t WHERE t.typnamespace = 'aftersale'::regnamespace
UNION ALL
-- columns of tables and views, attributes of composite types, in their order
SELECT 'column', c.oid::regclass || '.' || a.attname, concat_ws(' | ', row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum),
    format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attstorage, a.attcompression, a.attidentity, a.attgenerated, a.attcollation::regcollation,
    -- pg_attver is the server's own mark of a column
    a.attstattarget, array(SELECT o FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg_attver=%' ORDER BY o), pg_get_expr(d.adbin, d.adrelid))
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'operator', o.oid::regoperator::text, concat_ws(' | ', o.oprkind, o.oprcanmerge, o.oprcanhash, o.oprresult::regtype, o.oprcom::regoperator,
    o.oprnegate::regoperator, o.oprcode, o.oprrest, o.oprjoin, pg_get_userbyid(o.oprowner))
FROM pg_operator o WHERE o.oprnamespace = 'aftersale'::regnamespace
UNION ALL
SELECT 'cast', pg_describe_object('pg_cast'::regclass, c.oid, 0), concat_ws(' | ', c.castfunc::regprocedure, c.castcontext, c.castmethod)
FROM pg_cast c WHERE ('pg_cast'::regclass, c.oid) IN (SELECT m.classid, m.objid FROM member m)
UNION ALL
SELECT 'operator class', pg_describe_object('pg_opclass'::regclass, c.oid, 0), concat_ws(' | ', c.opcintype::regtype, c.opcdefault, c.opckeytype::regtype, pg_get_userbyid(c.opcowner))
FROM pg_opclass c WHERE c.opcnamespace = 'aftersale'::regnamespace
UNION ALL
SELECT 'operator of family', pg_describe_object('pg_amop'::regclass, a.oid, 0), concat_ws(' | ', a.amopstrategy, a.amoppurpose)
FROM pg_amop a JOIN pg_opfamily f ON f.oid = a.amopfamily WHERE f.opfnamespace = 'aftersale'::regnamespace
UNION ALL
SELECT 'function of family', pg_describe_object('pg_amproc'::regclass, a.oid, 0), a.amprocnum::text
FROM pg_amproc a JOIN pg_opfamily f ON f.oid = a.amprocfamily WHERE f.opfnamespace = 'aftersale'::regnamespace
UNION ALL
SELECT 'relation', c.oid::regclass::text, concat_ws(' | ', c.relkind, c.relpersistence, c.relreplident, c.relrowsecurity, c.relforcerowsecurity,
    array(SELECT o FROM unnest(c.reloptions) o ORDER BY o), pg_get_userbyid(c.relowner), CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
FROM relation c
UNION ALL
SELECT 'sequence', s.seqrelid::regclass::text, concat_ws(' | ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle)
FROM pg_sequence s JOIN relation c ON c.oid = s.seqrelid
UNION ALL
SELECT 'constraint', c.conrelid::regclass || '.' || c.conname, concat_ws(' | ', c.contype, c.convalidated, pg_get_constraintdef(c.oid))
FROM pg_constraint c WHERE c.connamespace = 'aftersale'::regnamespace AND c.conrelid <> 0
UNION ALL
SELECT 'index', i.indexrelid::regclass::text, concat_ws(' | ', i.indisunique, i.indisvalid, i.indisreplident, i.indisclustered, pg_get_indexdef(i.indexrelid))
FROM pg_index i JOIN relation c ON c.oid = i.indrelid
UNION ALL
SELECT 'trigger', t.tgrelid::regclass || '.' || t.tgname, concat_ws(' | ', t.tgenabled, pg_get_triggerdef(t.oid))
FROM pg_trigger t JOIN relation c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'policy', p.polrelid::regclass || '.' || p.polname, concat_ws(' | ', p.polcmd, p.polpermissive,
    array(SELECT pg_get_userbyid(r) FROM unnest(p.polroles) r ORDER BY 1), pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_policy p JOIN relation c ON c.oid = p.polrelid
UNION ALL
-- who may what: the default written out, so that it equals one that was granted
SELECT 'privilege', a.object, concat_ws(' ', a.privilege_type, 'to', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,
    'by', pg_get_userbyid(a.grantor), CASE WHEN a.is_grantable THEN 'grantable' END)
FROM (
    SELECT p.oid::regprocedure::text AS object, x.* FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
    WHERE p.pronamespace = 'aftersale'::regnamespace
    UNION ALL SELECT t.oid::regtype::text, x.* FROM pg_type t, aclexplode(coalesce(t.typacl, acldefault('T', t.typowner))) x
    WHERE t.typnamespace = 'aftersale'::regnamespace
    UNION ALL SELECT c.oid::regclass::text, x.* FROM relation c, aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) x
    UNION ALL SELECT c.oid::regclass || '.' || a.attname, x.* FROM relation c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped, aclexplode(a.attacl) x
    UNION ALL SELECT 'schema ' || n.nspname, x.* FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x WHERE n.nspname = 'aftersale'
) a
UNION ALL
SELECT 'extension', e.extname::text, concat_ws(' | ', e.extversion, e.extrelocatable, e.extnamespace::regnamespace, pg_get_userbyid(e.extowner),
    array(SELECT t::regclass::text FROM unnest(e.extconfig) t ORDER BY 1), e.extcondition)
FROM pg_extension e WHERE e.extname = 'aftersale';
