-- What Rollcall itself writes. Safe to run again. dbt makes reference, staging, intermediate and marts.
create schema if not exists ledger;
create schema if not exists inbox;
create schema if not exists raw;
create schema if not exists quarantine;
create schema if not exists reference;
create schema if not exists marts;
create schema if not exists ops;

comment on schema ledger is '台账。What was expected, received, judged, sent back and built.';
comment on schema inbox is 'Rows of the group being judged; a batch''s tables go when it is loaded.';
comment on schema raw is 'Typed rows of accepted slices, of every revision; ledger.slices names the ones that count.';
comment on schema quarantine is '隔离。Rows and cells turned away, with the rule and the reason.';
comment on schema reference is '参照。Registry of offices, code lists, indicators.';
comment on schema marts is '数据集市。Dimensions, facts and figures for SQL and BI.';
comment on schema ops is 'Run results, timings, row counts, rule results.';

create table if not exists ledger.expected_slices (
    office_key integer not null,
    period text not null,
    dataset text not null,
    due_at timestamptz not null,
    primary key (period, office_key, dataset)
);
comment on table ledger.expected_slices is 'One row per office, period and dataset that is asked for.';

create table if not exists ledger.answers (
    office_key integer not null,
    period text not null,
    outcome text not null check (outcome in ('answered', 'silent', 'unreachable', 'trouble')),
    detail text,
    etag text,
    asked_at timestamptz not null,
    primary key (period, office_key)
);
comment on table ledger.answers is 'One row per office and period: how it answered when last asked. The etag is kept only '
'when all that was listed has landed.';

create table if not exists ledger.submissions (
    submission_id bigint generated always as identity primary key,
    office_key integer not null,
    period text not null,
    revision integer not null,
    kind text not null check (kind in ('regular', 'correction', 'backlog')),
    filename text not null,
    media_type text not null,
    bytes bigint not null,
    sha256 text not null,
    submitted_at timestamptz not null,
    received_at timestamptz not null,
    is_landed boolean not null,
    unique (period, office_key, revision, filename)
);
comment on table ledger.submissions is 'One row per file announced and taken in. Landing holds the bytes under their sha256, '
'but for files over the limit, which are never fetched: is_landed is false.';

create table if not exists ledger.batches (
    batch_id bigint generated always as identity primary key,
    period text not null,
    started_at timestamptz not null,
    loaded_at timestamptz
);
comment on table ledger.batches is 'One row per group of submissions judged at once; loaded_at is empty for one that was cut off.';

create table if not exists ledger.judgements (
    submission_id bigint primary key references ledger.submissions,
    batch_id bigint not null references ledger.batches,
    outcome text not null check (outcome in ('accepted', 'partly_accepted', 'turned_away', 'unchanged')),
    reason text,
    not_read text[] not null,
    judged_at timestamptz not null
);
alter table ledger.judgements add column if not exists rules_sha256 text;
alter table ledger.judgements add column if not exists awaits_registry boolean not null default false;
create index if not exists judgements_by_batch on ledger.judgements (batch_id);
comment on table ledger.judgements is 'One row per submission judged: what became of the file as a whole, and by which '
'rules (rules_sha256). Where awaits_registry, its office did not stand: it is judged again once it does.';

create table if not exists ledger.verdicts (
    submission_id bigint not null references ledger.submissions,
    dataset text not null,
    outcome text not null check (outcome in ('accepted', 'partly_accepted', 'turned_away', 'unchanged')),
    reason text,
    received integer not null,
    accepted integer not null,
    held integer not null,
    primary key (submission_id, dataset),
    check (received = accepted + held)
);
comment on table ledger.verdicts is 'One row per submission and dataset in it. received = accepted + held, always.';

create table if not exists ledger.slices (
    office_key integer not null,
    period text not null,
    dataset text not null,
    submission_id bigint not null references ledger.submissions,
    revision integer not null,
    built_submission_id bigint,
    primary key (period, office_key, dataset)
);
comment on table ledger.slices is 'One row per slice that has been accepted: the pointer to the submission whose rows count. '
'built_submission_id is what the marts hold.';

create table if not exists ledger.slices_to_build (
    office_key integer not null,
    period text not null,
    dataset text not null,
    submission_id bigint not null,
    primary key (period, office_key, dataset)
);
comment on table ledger.slices_to_build is 'One row per slice that the build under way brings up to date; fixed while it runs, and kept when it is cut off.';

create table if not exists ledger.offices_to_build (
    office_key integer not null,
    dataset text not null,
    primary key (office_key, dataset)
);
comment on table ledger.offices_to_build is 'One row per office and dataset whose records the slices to build may change: of the '
'offices that sent them, and of those whose records they may tell.';

create table if not exists ledger.related_offices (
    office_key integer not null,
    related_key integer not null,
    primary key (office_key, related_key)
);
comment on table ledger.related_offices is 'One row per two offices that may tell of one another''s records, by mergers and splits; '
'each of itself.';

create table if not exists ledger.receipts (
    submission_id bigint primary key references ledger.submissions,
    sent_at timestamptz,
    tries integer not null,
    trouble text
);
comment on table ledger.receipts is 'One row per receipt sent or tried; sent_at is empty while the office has not taken it.';

create table if not exists quarantine.rows (
    submission_id bigint not null references ledger.submissions,
    dataset text not null,
    sheet text not null,
    row integer not null,
    payload jsonb not null,
    primary key (submission_id, dataset, sheet, row)
);
comment on table quarantine.rows is 'One row per held row: what was read of it, without personal columns.';

create table if not exists quarantine.reasons (
    submission_id bigint not null references ledger.submissions,
    dataset text not null,
    sheet text not null,
    row integer not null,
    cell text,
    column_name text,
    rule text not null,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    reason text not null
);
create index if not exists reasons_by_submission on quarantine.reasons (submission_id, dataset);
comment on table quarantine.reasons is 'One row per row and rule it breaks, in words for the office. critical holds the row; '
'warning and info only tell.';

create table if not exists ops.steps (
    step text not null,
    period text not null,
    run_id text not null,
    started_at timestamptz not null,
    seconds numeric not null,
    rows bigint,
    peak_mib numeric not null,
    detail jsonb not null
);
comment on table ops.steps is 'One row per step run: how long, how many rows, the largest process of it in MiB.';

create table if not exists ops.unread_files (
    submission_id bigint primary key references ledger.submissions,
    reason text not null,
    noted_at timestamptz not null
);
comment on table ops.unread_files is 'One row per landed file that could not be read through a fault of ours, and is not '
'judged yet: why, when last tried.';

create table if not exists ops.rule_results (
    batch_id bigint not null,
    dataset text not null,
    rule text not null,
    severity text not null,
    checked bigint not null,
    broken bigint not null,
    primary key (batch_id, dataset, rule)
);
comment on table ops.rule_results is 'One row per batch and rule: rows checked and rows that break it, as counted by Great Expectations.';

create table if not exists ops.dbt_results (
    invocation_id text not null,
    node text not null,
    status text not null,
    seconds numeric not null,
    rows bigint,
    message text,
    finished_at timestamptz not null,
    primary key (invocation_id, node)
);
comment on table ops.dbt_results is 'One row per dbt node run.';

create table if not exists ops.measurements (
    measured_at timestamptz not null,
    figure text not null,
    asked numeric not null,
    reached numeric not null,
    unit text not null,
    primary key (measured_at, figure)
);
comment on table ops.measurements is 'One row per figure that a demo run is held to: what was asked and what was reached.';

create schema if not exists candidate;
create schema if not exists next;
comment on schema candidate is 'What the build under way proposes: the rows of its scope, of each mart.';
comment on schema next is 'The marts as they will be when the build under way is published.';

create table if not exists ledger.build_under_way (
    is_only boolean primary key default true check (is_only),
    build_no bigint not null
);
insert into ledger.build_under_way (build_no) values (0) on conflict do nothing;
comment on table ledger.build_under_way is 'One row: the number of the build that may write. Whoever writes for a build holds the row and finds its own number there.';

create table if not exists ledger.reader_definitions (
    relation text primary key,
    proposed text not null,
    published text
);
comment on table ledger.reader_definitions is 'One row per view or function that readers see: the statements that make it, as the latest build proposes them and as they were last run.';

create table if not exists ledger.publications (
    build_no bigint not null,
    relation text not null,
    removed bigint not null,
    changed bigint not null,
    added bigint not null,
    primary key (build_no, relation)
);
comment on table ledger.publications is 'One row per build and mart of which it wrote rows: how many.';

create table if not exists marts.builds (
    build_no bigint primary key,
    known_at timestamptz,
    is_full boolean not null,
    slices integer not null,
    published_at timestamptz not null
);
comment on table marts.builds is '构建。One row per build that changed what readers see: the state they have seen since.';
comment on column marts.builds.build_no is '构建号。Number of the build; they count up, with gaps where a build was not published.';
comment on column marts.builds.known_at is '记录时间。When the latest of the submissions it counts was judged; empty where it counts none.';
comment on column marts.builds.is_full is '是否全量。Whether everything was computed anew, for definitions or the registry had changed.';
comment on column marts.builds.slices is '份数。Slices it brought up to date.';
comment on column marts.builds.published_at is '发布时间。When its one transaction began.';
