-- What the build asks of `raw` beside which other slices tell of the same record: which registrations are one person's,
-- who served on one day of one event, and where a unified number served. Safe to run again.
create index if not exists registrations_by_person on raw.registrations (person_key);
create index if not exists services_by_event on raw.services (event_no, organiser_code, served_on);
create index if not exists services_by_unified_number on raw.services (volunteer_no) where length(volunteer_no) >= 10;

create table if not exists ops.dbt_builds (
    invocation_id text primary key,
    definitions_sha256 text not null,
    slices integer not null,
    seconds numeric not null,
    finished_at timestamptz not null
);
comment on table ops.dbt_builds is 'One row per build that succeeded. When the definitions (models, macros, seeds, registry) '
'differ from those of the last one, everything is built anew.';

create table if not exists ops.dbt_seeds (sha256 text not null);
comment on table ops.dbt_seeds is 'One row when the seeds are loaded: the digest of their files, by which a build sees that others are due.';
