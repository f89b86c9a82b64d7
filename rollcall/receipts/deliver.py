"""Bring one receipt to its office: over HTTP, or into the drop folder beside the submission."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from tenacity import RetryCallState
from urllib3.exceptions import HTTPError

from rollcall.collect.dropfolder import folder_of, is_drop_folder
from rollcall.collect.http import TRY_AGAIN, Address, AskAgain, retrying, wait_asked
from rollcall.errors import OfficeInTrouble
from rollcall.periods import Period
from rollcall.receipts.receipt import Judged
from rollcall.receipts.workbook import XLSX
from rollcall.settings import Settings
