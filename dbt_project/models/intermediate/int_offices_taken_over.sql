{{ config(materialized='table', post_hook="analyze {{ this }}") }}

{#- Before its first day an office has heirs too: those took nothing over. #}
select
    heirs.office_key,
    heirs.heir_key,
    lives.ended_on,
    to_char(min(heirs.from_day), 'YYYY-MM') as heard_from
from {{ ref('office_heirs') }} as heirs
inner join {{ ref('int_offices_lifetimes') }} as lives on heirs.office_key = lives.office_key
where heirs.from_day > lives.ended_on
group by heirs.office_key, heirs.heir_key, lives.ended_on
