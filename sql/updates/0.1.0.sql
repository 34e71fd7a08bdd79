-- aftersale: update script, assembled from sql/updates by the build; do not edit.
\echo Use "ALTER EXTENSION aftersale UPDATE" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- What differs from the version that this file is named after: whole parts that
-- are new, objects that are new or changed, and by hand what has to be dropped or
-- altered.  Nothing else is written here: see sql/assemble.

--@replace FUNCTION aftersale.table_definitions
--@create FUNCTION aftersale.migration_definition
--@create FUNCTION aftersale.execute_as_owner
DROP FUNCTION aftersale.migrate();
--@create FUNCTION aftersale.migrate
--@part bind
--@part uninstall
--@replace FUNCTION aftersale.health_of_job
--@replace FUNCTION aftersale.health_of_tables
--@replace FUNCTION aftersale.health_of_sweep
--@create FUNCTION aftersale.health_of_deadlines
--@replace FUNCTION aftersale.health_of_books
--@replace FUNCTION aftersale.attachment_triggers
--@replace FUNCTION aftersale.attachment_statements
--@replace FUNCTION aftersale.attach
--@replace FUNCTION aftersale.attach_deadline
--@replace FUNCTION aftersale.attach_refund_check
--@replace FUNCTION aftersale.attach_return_warehouse
--@replace FUNCTION aftersale.attachment_problem
--@replace FUNCTION aftersale.access_statements
--@replace FUNCTION aftersale.apply_message
--@create FUNCTION aftersale.health_of_bindings
--@replace FUNCTION aftersale.health
--@replace FUNCTION aftersale.attachments
--@replace FUNCTION aftersale.attachment_table
--@replace FUNCTION aftersale.grant_access
--@replace FUNCTION aftersale.revoke_access
--@replace FUNCTION aftersale.detach
--@replace FUNCTION aftersale.verify_history
