with entries as (
    select *
    from {{ ref('int_registrations_deduplicated') }}
    {%- if not is_whole() %}
    where (office_key, volunteer_no) in (
        select
            said.office_key,
            said.volunteer_no
        from {{ ref('int_registrations_deduplicated') }} as said
        where {{ in_scope() }}
    )
    {%- endif %}
),

{#- A registration is one person's: the one its latest row with an ID number names, also where other rows lack it. #}
identified as (
    select
        *,
        first_value(person_key) over (
            partition by office_key, volunteer_no
            order by coalesce(has_id_number, false) desc, changed_on desc
        ) as identified_key
    from entries
)

select
    -- ids
    office_key,
    volunteer_no,
    identified_key as person_key,

    -- when
    changed_on,
    period,

    -- what
    change,
    has_id_number,
    sex,
    birth_year,
    political_status,
    team_no,
    coalesce(is_backbone, false) as is_backbone,
    guardian_consent,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from identified
where {{ in_scope() }}
