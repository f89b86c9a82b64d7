{{ config(
    materialized='table',
    indexes=[{'columns': ['office_key', 'teller_key'], 'unique': true}, {'columns': ['teller_key']}],
    post_hook="analyze {{ this }}",
) }}

select distinct
    office_key,
    office_key as teller_key
from {{ ref('offices') }}
union all
select
    office_key,
    heir_key as teller_key
from {{ ref('int_offices_taken_over') }}
