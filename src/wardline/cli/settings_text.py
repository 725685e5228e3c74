"""The text of a new wardline.toml: every section, with the defaults as comments."""

from __future__ import annotations

import json

_HEAD = """\
# Settings of this Wardline installation. A line that starts with #name shows a default, or an example where there is none.
# Secrets never stand here: the settings name files, of mode 0600. An unknown key is refused. After a change: `wardline check`.

[installation]
# Names the audit log; do not change it later.
name = {name}
# Database, vault and logs.
#data = "data"
# The keys. Keep a copy of this folder elsewhere: without keys/vault.key the evidence cannot be opened.
#keys = "keys"
# One of the two places that must say so before anything is filed for real; the other is [referral] environment.
#production = false

[store]
# "sqlite": one machine, one process. "postgres": several, with the connection URL in a file.
#adapter = "sqlite"
#url_file = "keys/postgres.url"

[server]
# Loopback only, unless `wardline serve --behind-tls-proxy`.
#host = "127.0.0.1"
#port = 8460
# Low-trust keys get their answer at multiples of this time, so that timing tells nothing.
#low_trust_answer_ms = 100

[intake]
# Largest upload, bytes.
#max_bytes = 50000000
# Largest picture, pixels of one frame; longest animation, frames; longest decoding, seconds. What is over goes to a person.
#max_pixels = 100000000
#max_frames = 1000
#decode_seconds = 2.0
# Sandboxed decoders; one for each core.
#decode_workers = 2
# HEIC needs the extra wardline[heif].
#heic = false

# Private surfaces are scanned only where a legal basis is named for the region (ISO 3166-1), confirmed by counsel.
[intake.private_scanning.legal_basis]
#XX = "the statute, and when counsel confirmed it"

[matching]
#hashers = ["md5", "sha1", "sha256", "pdq"]
#index = "mapped"
# "auto": the compiled kernels where they were built; "fast": only those; "reference": the plain ones, which are slow and need no compiler.
#kernels = "auto"
# A list without news for this long raises an alarm.
#list_stale_hours = 168
# A sync that brings or takes away more than this part of a list is refused; 1,000 entries may always come, and go.
#list_change_percent = 20.0
# An entry that matches more uploads than this on a day restricts nothing until a person has looked.
#entry_daily_matches = 50
# When a list grows, files that are kept anyway and came within so many days are matched again. 0: off; ask counsel before you switch it on.
#look_back_days = 0
# What the category numbers in VICS documents mean, for `wardline hash-list add --format vics --profile example`. None is built in: agree on each
# with the list's owner and counsel. document: the profile that the files name. Each number: "A1", "A2", "B1", "B2", "take" or "skip".
#category_profiles = {{ example = {{ document = "US", categories = {{ 0 = "skip", 1 = "take", none = "skip" }} }} }}

# Where hash lists are fetched from on a schedule; as many sections as there are. adapter: "ncmec", "stopncii", "threatexchange", "tat" (these need
# the extra `wardline[exchanges]`) or "local". feedback: tell the owner of matches that people confirmed or denied.
#[[matching.exchanges]]
#name = "own"
#adapter = "local"
#options = {{ path = "lists/own.csv" }}
#secret_file = "keys/own.secret"
#interval_minutes = 60.0
#feedback = false

[triage]
# "act": restrict the content at once, reversibly, and open a case. "review": only open a case.
#verified_match = "act"
#unverified_match = "review"

[review]
# How long a claim lasts, and how long a decision may be taken back before it takes effect.
#lease_minutes = 15.0
#undo_seconds = 60.0
# The order of the queue, "harm" or "score"; until when capacity is expected back; and how many hand-outs in a hundred come whatever the order
# says: half of them the oldest case, half one that is drawn by lot.
#order = "harm"
#look_ahead_hours = 24.0
#oldest_percent = 5.0
# Content that is hidden for longer without a decision: so many hand-outs in a hundred are such cases, and leads hear of it. Nothing that a
# verified list knows is ever shown again without a person's decision; restore_unverified shows the rest again by itself.
#restricted_most_days = 7.0
#restricted_percent = 50.0
#restore_unverified = false

# In which time cases shall be decided, hours. These are ours and no law's. docs/explanation/queue-order.md.
[review.targets]
#imminent_hours = 1.0
#category_a_hours = 24.0
#category_b_hours = 72.0
#other_hours = 168.0
#restricted_hours = 72.0
#appeal_hours = 168.0

# When the queue goes by score by itself: probabilities are certainly off by more than this on average, measured on so many decisions at least.
[review.calibration]
#most_error = 0.15
#least_decisions = 200

# Queues beside the general one; the first that fits takes a case, and only who has all its skills takes from it. Every condition may be left out.
#[[review.queues]]
#name = "german"
#languages = ["de"]
#surfaces = ["post", "story"]
#formats = ["jpeg", "gif"]
#categories = ["A", "B", "other"]
#visibility = "public"
#skills = ["german"]
#target_hours = 12.0

# Of the cases that would be decided as an identical file was, so many in a hundred go to a person instead. 100: no decision spreads.
[review.clusters]
#audit_percent = 5.0

# What counts how much in the order of the queue: a judgement, not a measurement. docs/explanation/queue-order.md.
[review.weights]
# Harm of one view of A, of B and of another violation; of each hour in which A or B is not reported; of each in which innocent content is hidden.
#severity_a = 100.0
#severity_b = 20.0
#severity_other = 3.0
#delay_a = 20.0
#delay_b = 2.0
#wrongful_restriction = 0.3
# How many of its views hidden content still has; and views in an hour where the platform does not say them.
#restricted_exposure_percent = 2.0
#views_per_hour = 10.0
#private_views_per_hour = 1.0

# Second opinions: always for category A and incidents as grave; so many of a hundred other decisions are judged by a second person too, while they take effect; a
# violation waits for agreement so long. docs/explanation/second-opinions.md.
[review.opinions]
#gravest = true
#random_percent = 5.0
#most_hours = 12.0

# After so many of a hundred cases comes a file with a known answer from `wardline golden add`. 0: off.
# violating: evidence of decided cases that is lawfully held may be among them. It shows people more of it than their cases need, so it is off:
# docs/explanation/second-opinions.md.
[review.golden]
#percent = 0.0
#violating = false

# How much one person shall be shown. No number here is known to be safe: choose yours with your team. 0: no limit.
# docs/explanation/wellbeing.md.
[review.wellbeing]
# A shift begins with the first reveal after so long without one. In a shift: different files, and seconds on the screen (a showing begins only
# while a minute is left).
#shift_gap_hours = 6.0
#most_views = 200
#most_seconds = 3600
# A break is due after so many files of A or B in a row, so many files, or so long; and it is so long without a reveal.
#most_severe_in_a_row = 20
#views_before_break = 60
#minutes_before_break = 60.0
#break_minutes = 10.0
# After so many of A or B in a row others are handed out first, while some wait.
#severe_before_rotation = 5
# As how many files one of A and one of B count in a person's own figures.
#weight_a = 3.0
#weight_b = 2.0

[accounts]
# Where people's browsers find the console. Security keys and providers need it; keys are bound to it, so it does not change.
#address = "https://wardline.example"
# How long a session lasts at most, and unused; how many a person has at a time.
#session_hours = 10.0
#idle_minutes = 60.0
#most_sessions = 5
# A grave act asks for the password or a key again when neither was shown for so long.
#proof_minutes = 15.0

# What each role shows after a password: "off", "optional" (whoever registered a security key) or "required".
[accounts.second_factor]
#moderator = "optional"
#lead = "optional"
#admin = "optional"
#auditor = "optional"

# Providers of OpenID Connect at which people have accounts; as many sections as there are. docs/how-to/sign-in-with-your-provider.md.
#[[accounts.oidc]]
#name = "example"
#issuer = "https://id.example"
#client_id = "wardline"
#secret_file = "keys/oidc-example.secret"
#label = "Example"
#adapter = "oidc"
#name_claim = "preferred_username"
#role_claim = "groups"
#roles = {{ wardline-moderators = "moderator", wardline-leads = "lead" }}
#create_as = "moderator"
#covers_second_factor = false

# Strikes: what a decision weighs, how long it counts, and the sums that warn and suspend an account. 0: off. docs/explanation/appeals.md.
[enforcement.strikes]
#category_a = 4
#category_b = 4
#other_rule = 1
#expire_days = 365.0
#warn_at = 1
#suspend_at = 3

[complaints]
# How long a decision may be appealed, and what is promised to who complains; an alarm says when it is not kept. Counsel must confirm.
#appeal_days = 180.0
#acknowledge_hours = 24.0
#outcome_days = 14.0
# Whether the account is told the reasons: "never", "unless-referred" (not about what is reported), or "always".
#statement_of_reasons = "unless-referred"
# For these texts: where decisions hold, where your rules stand, and other ways than an appeal.
#territory = ""
#terms = ""
#redress = ""
#wording = "templates"
# Templates of your own instead of the built-in ones, by kind of message.
[complaints.templates]
#appeal-received = "templates/appeal-received.txt"

[preservation]
# "directory", or "s3" for a bucket: docs/how-to/keep-evidence-in-s3.md.
#vault = "directory"
#vault_options = {{}}
#vault_secret_file = "keys/object-store"
# From triage on; never ends while its case is undecided.
#provisional_days = 30.0
# From the authority's receipt on; at least 365.
#after_filing_days = 365.0
# What the account of a report had uploaded so long before is held as long as the report.
#before_filing_days = 0.0
# After "not a violation": the file is destroyed, then the account unlinked.
#after_clearance_days = 14.0
#unlink_after_clearance_days = 30.0
# After so long without a sign of life, or a clock that jumped by as much, nothing is destroyed until somebody has looked. 0: off.
#pause_after_days = 7.0
# So long before a request to preserve ends an alarm tells of it. 0: off.
#remind_days = 14.0

[audit]
# So often the whole log is checked without anybody asking; 0: never.
#check_hours = 24.0

# Who keeps signed checkpoints of the log elsewhere; without one, whoever holds the log's key can rewrite it. docs/how-to/verify-the-log.md.
# adapter: "file", "webhook" or "smtp"; the last two take what notifiers take.
#[[audit.witnesses]]
#adapter = "file"
#name = "elsewhere"
#options = {{ path = "/mnt/elsewhere/wardline-checkpoints.txt" }}
#interval_minutes = 60.0

[alarms]
# Less free space on the data disk raises an alarm.
#min_free_bytes = 1000000000

# Without an authority, referrals are drafted and wait. `wardline sandbox authority` gives one to practise with.
[referral]
#authority = "ncmec"
#environment = "sandbox"
#sandbox_url = "http://127.0.0.1:8462/ispws"
#username = ""
#password_file = "keys/authority.password"
# Whom to telephone when a child may be in danger now, by region (ISO 3166-1).
#emergency = {{ GB = {{ phone = "999", words = "Police. Give the reference of the report." }} }}
# Other hours than those of [referral.clocks] below, by the region of the account.
#region_clocks = {{ GB = {{ third_hours = 24.0 }} }}
# Receivers to whom a person files a signed pack, such as the portal of the United Kingdom: docs/how-to/file-with-the-nca.md.
#packs = {{ nca-pack = {{ recipient_key_file = "nca.pem", basis = "Online Safety Act 2023, section 66" }} }}
# To whom reports are owed, by the region of the account; everywhere else to the authority above. Counsel must confirm it.
#duties = {{ GB = {{ receivers = ["nca-pack"], basis = "Online Safety Act 2023, section 66", reported_elsewhere = ["ncmec"] }} }}
# One report of a file that several accounts spread, where the receiver agreed to that: docs/how-to/batch-viral-reports.md.
#viral_batches = {{ ncmec = {{ agreed_with = "whom, and how", agreed_on = "2026-11-27", leaves_out = ["upload-address"], wait_hours = 0.0, no_duty_in = [] }} }}

# Who reports: the authority asks for it.
[referral.reporter]
#first_name = ""
#last_name = ""
# A role mailbox that somebody reads.
#email = ""
# Name of the service as the public knows it.
#platform = ""
#terms_of_service = "https://platform.example/terms"
#legal_url = "https://platform.example/legal"
#phone = "+1 202 555 0100"
# Whom to ask about a report, where that is somebody else.
#contact_email = ""
# What every report of this company says of itself.
#company_template = ""

# By when reports of priority 1 to 3 shall be filed, in hours from the decision. Counsel must confirm: docs/how-to/check-a-report.md.
[referral.clocks]
#first_hours = 1.0
#second_hours = 24.0
#third_hours = 72.0

# Reports of priority 2 or 3 may wait for a second person, for so many hours at most. Priority 1 never waits, and is checked afterwards.
[referral.approval]
#second = false
#third = false
#second_hours = 2.0
#third_hours = 12.0
#check_hours = 24.0

# What scores pictures, and where it is asked. Read docs/how-to/add-a-detector.md first: pictures of your users leave this machine.
#[[detectors]]
#name = "example"
#adapter = "http"
#version = "2026-01"
#secret_file = "keys/detector.key"
#max_side = 512
#send_original = false
#lowest = 0.0
#highest = 1.0
#options = {{ url = "https://detector.example/v1/score", score = "/result/score", version_at = "/model/version", header = "Authorization" }}

# What a machine may decide alone. Fixed before any evidence is looked at: a change voids what was certified. docs/how-to/certify-an-arm.md.
[automation]
#delta_percent = 5.0
#clear_cap_percent = 0.5
#act_cap_percent = 0.05
#grid_step = 0.25
#certificate_days = 180.0
#evidence_days = 365.0
#watch_items = 10000
#watch_alarm_percent = 5.0
#score_shift = 0.2

# mode: "review_all" (everything goes to a person) or "watch" (a score from opens_case_from on opens a case).
#[[automation.scopes]]
#name = "posts"
#surfaces = ["post"]
#detectors = ["example"]
#mode = "review_all"
#opens_case_from = 1.0
#near_hash = false
# So much is drawn by lot and judged blind; so much of the evidence is for how often people are wrong.
#audit_percent = 0.0
#caps_percent = 25.0
# Where it is known which scores stand for which probabilities; for the order of the queue only.
#calibration_scores = [0.0, 1.0]
#calibration_probabilities = [0.0, 1.0]

# Who hears of alarms; as many sections as there are ways. adapter: "webhook" or "smtp".
#[[notifiers]]
#adapter = "webhook"
#name = "on-call"
#secret_file = "keys/on-call.secret"
#options = {{ url = "https://alarms.example/wardline" }}
"""

_PLATFORM = """
# Where actions go, as signed webhooks. The name is that of the platform's API keys.
[[platforms]]
name = {name}
url = {url}
secret_file = {secret_file}
#adapter = "webhook"
"""

_NO_PLATFORM = """
# Where actions go, as signed webhooks. The name is that of the platform's API keys.
#[[platforms]]
#name = "example"
#url = "https://platform.example/wardline"
#secret_file = "keys/example-webhook.secret"
#adapter = "webhook"
"""


def settings_text(name: str, platform: tuple[str, str, str] | None) -> str:
    """Write a settings file.

    Args:
        name: Of the installation.
        platform: Name, webhook address and secret file of a platform, if there is one already.
    """
    text = _HEAD.format(name=_toml(name))
    if platform is None:
        return text + _NO_PLATFORM
    return text + _PLATFORM.format(
        name=_toml(platform[0]), url=_toml(platform[1]), secret_file=_toml(platform[2])
    )


def _toml(value: str) -> str:
    # A JSON string is a TOML basic string, once the one character is escaped that TOML forbids and JSON does not.
    return json.dumps(value).replace("\x7f", "\\u007f")
