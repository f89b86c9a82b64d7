-- Roles and databases of a deployment: the warehouse and Airflow's metadata, each with an owner of its own, and a
-- login that may only read the marts. Run by psql, as a superuser or a role that may create roles and databases, with
-- the three passwords in the environment. Safe to run again: it then only sets the passwords anew.
\set ON_ERROR_STOP on
-- who is no superuser needs this to make databases for the roles made here; PostgreSQL 16 or newer
set createrole_self_grant = 'set, inherit';
\getenv owner_password ROLLCALL_OWNER_PASSWORD
\getenv metadata_password ROLLCALL_METADATA_PASSWORD
\getenv reader_password ROLLCALL_READER_PASSWORD

select format('create role %I', name)
from unnest(array['rollcall', 'airflow', 'rollcall_reader', 'rollcall_read']) as wanted (name)
where not exists (select from pg_roles where rolname = name)
\gexec

-- createrole: `rollcall prepare` makes the group of readers where it is not there
alter role rollcall login createrole password :'owner_password';
alter role airflow login password :'metadata_password';
alter role rollcall_reader login password :'reader_password';
alter role rollcall_read nologin;

select format('create database %I owner %I', name, name)
from unnest(array['rollcall', 'airflow']) as wanted (name)
where not exists (select from pg_database where datname = name)
\gexec
revoke connect on database rollcall from public;
revoke connect on database airflow from public;

-- the reader: marts and reference, in transactions that cannot write
grant rollcall_read to rollcall_reader;
grant connect on database rollcall to rollcall_read;
alter role rollcall_reader set default_transaction_read_only = on;
alter role rollcall_reader set statement_timeout = '5min';
alter role rollcall_reader set search_path = marts, reference;
