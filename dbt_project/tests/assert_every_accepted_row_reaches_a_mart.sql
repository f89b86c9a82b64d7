-- One row per slice being built whose mart has not exactly its accepted rows, less those that were told again since, by
-- the office or an heir. A row more or less here is a number counted twice, or lost. Registers other than of units come to dated
-- versions only: assert_every_listed_entry_stands is about those.
with touched as (
    select
        touched.office_key,
        touched.period,
        touched.dataset,
        touched.submission_id,
        verdicts.accepted
    from {{ source('ledger', 'slices_to_build') }} as touched
    inner join {{ source('ledger', 'verdicts') }} as verdicts
        on touched.submission_id = verdicts.submission_id and touched.dataset = verdicts.dataset
),

found as (
    select
        submission_id,
        'units' as dataset,
        count(*) as in_mart,
        0 as superseded
    from {{ ref('fct_unit_months') }}
    group by submission_id
    {%- for dataset, record in records().items() %}
    union all
    select
        marts.submission_id,
        '{{ dataset }}' as dataset,
        count(*) as in_mart,
        0 as superseded
    from {{ ref(record.mart) }} as marts
    inner join touched on marts.submission_id = touched.submission_id and touched.dataset = '{{ dataset }}'
    group by marts.submission_id
    union all
    select
        entries.submission_id,
        '{{ dataset }}' as dataset,
        0 as in_mart,
        count(distinct (entries.source_sheet, entries.source_row)) as superseded
    from {{ ref(record.reported) }} as entries
    inner join touched
        on
            entries.period = touched.period
            and entries.submission_id = touched.submission_id
            and touched.dataset = '{{ dataset }}'
    {{ join_heard_of(dataset, record, 'entries', 'heard') | indent(4) }}
    inner join {{ ref(record.mart) }} as later
        on
            {{ owner(record, 'entries', 'heard') }} = later.office_key
            {%- if dataset == 'events' %}
            and {{ event_key(organiser_owned('entries', owner(record, 'entries', 'heard')), 'entries.started_on', 'entries.event_no') }}
            = later.event_key
            {%- elif dataset == 'services' %}
            and (entries.volunteer_no, entries.event_no, entries.served_on)
            = (later.volunteer_no, later.event_no, later.served_on)
            {%- else %}
            and {{ is_same_record(record, 'entries', 'later') | indent(12) }}
            {%- endif %}
            and entries.period <= later.period
            and (entries.submission_id, entries.source_row) <> (later.submission_id, later.source_row)
    left join {{ ref(record.mart) }} as itself
        on
            entries.submission_id = itself.submission_id
            and entries.source_sheet = itself.source_sheet
            and entries.source_row = itself.source_row
    where itself.submission_id is null
    group by entries.submission_id
    {%- endfor %}
),

counted as (
    select
        submission_id,
        dataset,
        sum(in_mart) as in_mart,
        sum(superseded) as superseded
    from found
    group by submission_id, dataset
)

select
    touched.office_key,
    touched.period,
    touched.dataset,
    touched.accepted,
    counted.in_mart,
    counted.superseded
from touched
left join counted on touched.submission_id = counted.submission_id and touched.dataset = counted.dataset
where
    touched.dataset not in ('sites', 'teams', 'projects')
    and touched.accepted <> coalesce(counted.in_mart, 0) + coalesce(counted.superseded, 0)
