"""All settings, everything from the environment (`.env.example` lists the names)."""

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from alliance_portal import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

# demo: zero set-up, demo people, mail into files. production: everything must be said aloud.
MODE = env.str("PORTAL_MODE", "demo")
if MODE not in {"demo", "production"}:
    raise ImproperlyConfigured("PORTAL_MODE is either demo or production.")
PRODUCTION = MODE == "production"
DEMO = not PRODUCTION
DEBUG = env.bool("DEBUG", False)
DATA_DIR = embedded.data_dir()


def _secret_key() -> str:
    """The key from the environment; without one a key made once and kept in the data folder."""
    if key := env.str("SECRET_KEY", ""):
        return key
    if PRODUCTION:
        raise ImproperlyConfigured("Set SECRET_KEY to a long random text.")
    kept = DATA_DIR / "secret_key"
    try:
        return kept.read_text()
    except OSError:
        pass
    key = secrets.token_urlsafe(50)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
    except FileExistsError:
        return kept.read_text()
    except OSError:
        return key
    return key


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
# What signs the links in mails by which people change how they get them: the newest first, older ones still open.
MAIL_LINK_KEYS = env.list("MAIL_LINK_KEYS", []) or [SECRET_KEY]
BASE_URL = env.str("BASE_URL", f"http://127.0.0.1:{env.int('PORT', 8000)}").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])
REDIS_URL = env.str("REDIS_URL", "")
DATABASE_URL = env.str("DATABASE_URL", "")

if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in production.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("Set ALLOWED_HOSTS to the portal's own host names.")
    if not DATABASE_URL:
        raise ImproperlyConfigured("Set DATABASE_URL to a PostgreSQL server.")
    if not BASE_URL.startswith("https://"):
        raise ImproperlyConfigured("Set BASE_URL to the portal's https:// address.")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("SECRET_KEY is too short: use at least 50 characters.")

INSTALLED_APPS = [
    "modeltranslation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
    "django.forms",
    "alliance_portal.apps.PortalAdminConfig",
    "ground",
    "audit",
    "documents",
    "notifications",
    "accounts",
    "members",
    "projects",
    "mobility",
    "texts",
    "news",
    "alliance_portal",
    "allauth",
    "allauth.account",
    "csp",
    "django_countries",
    "django_filters",
    "django_structlog",
    "reversion",
    "rules.apps.AutodiscoverRulesConfig",  # reads every room's rules.py: commands and workers resolve no address
]

MIDDLEWARE = [
    "ground.middleware.EveryAnswerMiddleware",
    "ground.middleware.PackedAnswersMiddleware",  # pads its output, so lengths tell nothing (BREACH)
    "ground.finished_middleware.FinishedPagesMiddleware",  # what stands below sees a page once, not once a visitor
    "alliance_portal.request_log.RequestLogMiddleware",
    "alliance_portal.pages.errors.ErrorPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ground.middleware.OneMomentMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.kept_forms.KeptFormsMiddleware",  # before the next one, which drops what a form had carried
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.FaultyFormsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.PersonalPagesMiddleware",
]

ROOT_URLCONF = "alliance_portal.urls"
WSGI_APPLICATION = "alliance_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORMS_URLFIELD_ASSUME_HTTPS = True  # an address typed without its scheme means https
FORM_RENDERER = "ground.forms.PortalRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "alliance_portal.pages.frame.frame",
            ],
            "builtins": ["ground.templatetags.ground_tags", "ground.templatetags.components"],
        },
    }
]

# Database: PostgreSQL, with prepared statements (they run pages 1.6 to 1.8 times as fast).
# Behind a transaction-mode pooler older than PgBouncer 1.21 set DB_PREPARE=0.
DATABASES = {"default": env.dj_db_url("DATABASE_URL", embedded.default_database_url())}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("DB_CONN_MAX_AGE", 600),
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        **DATABASES["default"].get("OPTIONS", {}),
        "server_side_binding": True,
        "prepare_threshold": 2 if env.bool("DB_PREPARE", True) else None,
        "connect_timeout": 5,
        "options": "-c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000",
    },
}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Brakes count by visitor: behind a proxy that is whom the last X-Forwarded-For names, else the proxy is everybody.
BEHIND_PROXY = env.bool("BEHIND_PROXY", PRODUCTION)
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 1) if BEHIND_PROXY else 0

# Visitors' pages are kept whole until something that they show changes (docs/adr/0010-finished-pages.md).
FINISHED_PAGES = env.bool("FINISHED_PAGES", True) and not DEBUG
FINISHED_PAGES_SECONDS = 0.25  # so long a process believes what it read last

# People and sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "members.backends.AppointmentBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the login is unique by a constraint on its lower-case form
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "pages:my_work"
ACCOUNT_LOGOUT_REDIRECT_URL = "pages:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "confirm_email_verification_code": "accounts.forms.CodeForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_SESSION_REMEMBER = True
# Besides the sign-in's own limits: pages that the links in mails open (mail programs share addresses, people do not).
ACCOUNT_RATE_LIMITS = {"steer_mails": "600/m/ip,60/h/key"}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("email", "name", "given_name", "family_name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]  # fmt: skip

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("lt", "Lietuvių")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_LANGUAGES = ("en", "lt")
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "lt")
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Vilnius"

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 300
WHITENOISE_ALLOW_ALL_ORIGINS = False
DOCUMENTS_ROOT = Path(env.str("DOCUMENTS_ROOT", str(DATA_DIR / "documents")))
DOCUMENT_MAX_BYTES = env.int("DOCUMENT_MAX_BYTES", 10 * 1024 * 1024)
IMPORTS_ROOT = Path(env.str("IMPORTS_ROOT", str(DATA_DIR / "imports")))
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", 100 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A project's form with every section full sends about 2,300 fields, its conflict page twice as many (a test counts).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
FILE_UPLOAD_PERMISSIONS = 0o600

# Mail: "file" writes every message into DATA_DIR/mail, "smtp" hands it to a relay, "provider" to a provider's API.
MAIL_RELAY = env.str("MAIL_RELAY", "smtp" if PRODUCTION else "file")
MAIL_DIR = DATA_DIR / "mail"
EMAIL_BACKEND = "notifications.mail.OutboxBackend"
EMAIL_HOST = env.str("SMTP_HOST", "localhost")
EMAIL_PORT = env.int("SMTP_PORT", 25)
EMAIL_HOST_USER = env.str("SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.str("SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.bool("SMTP_TLS", False)
EMAIL_TIMEOUT = env.int("SMTP_TIMEOUT", 20)
# The relay's log, asked where it did not answer: postfix:/var/log/mail.log or exim:/var/log/exim4/mainlog.
MAIL_RECORD = env.str("MAIL_RECORD", "")
# The provider, and its own settings by the names that django-anymail reads, such as POSTMARK_SERVER_TOKEN.
MAIL_PROVIDER = env.str("MAIL_PROVIDER", "").lower()
_OF_PROVIDER = f"{MAIL_PROVIDER.upper()}_"
ANYMAIL = {
    name: value for name, value in os.environ.items() if MAIL_PROVIDER and name.startswith(_OF_PROVIDER)
}
ANYMAIL["REQUESTS_TIMEOUT"] = EMAIL_TIMEOUT
# What a provider must say ("name:password") when it reports bounces; without one it is not listened to.
ANYMAIL["WEBHOOK_SECRET"] = env.list("MAIL_REPORTS_SECRET", [])
# No more optional mails than this an hour to one person: what comes above goes as one message.
MAIL_PERSON_HOURLY = env.int("MAIL_PERSON_HOURLY", 20)
# Sending stops at three times the usual of the hour, but never below so many an hour (docs/operations.md, "Mail").
MAIL_BRAKE_FLOOR = env.int("MAIL_BRAKE_FLOOR", 500)
MESSAGE_QUEUE_URL = "pages:queue"  # the page on which the office sees what waits
# The office is told when a message has been due for so many minutes and nothing sends it.
MAIL_ALARM_MINUTES = env.int("MAIL_ALARM_MINUTES", 15)
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "Alliance Portal <portal@alliance.example>")

# Jobs: Celery rings doorbells, the database keeps the promises.
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {}
    if REDIS_URL
    else {
        "data_folder_in": str(DATA_DIR / "broker"),
        "data_folder_out": str(DATA_DIR / "broker"),
        "control_folder": str(DATA_DIR / "broker-control"),
        "polling_interval": 0.05,
    }
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker process that has grown beyond this ends after its task, and a fresh one takes its place. In KiB.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = env.int("WORKER_MAX_MEMORY_MB", 400) * 1024
CELERY_BEAT_SCHEDULE = {
    "plan reminders": {"task": "notifications.plan_reminders", "schedule": 30.0},
    "send messages": {"task": "notifications.send_messages", "schedule": 30.0},
    "expire agreements": {"task": "members.expire_agreements", "schedule": 3600.0},
    "carry out decisions": {"task": "mobility.carry_out_decisions", "schedule": 15.0},
    "expire offers": {"task": "mobility.expire_offers", "schedule": 60.0},
    "sweep documents": {"task": "documents.sweep", "schedule": 3600.0},
    "sweep drafts of calls": {"task": "mobility.sweep_call_drafts", "schedule": 3600.0},
    "make widths of pictures": {"task": "documents.make_renditions", "schedule": 30.0},
    "sweep drafts of articles": {"task": "news.sweep_drafts", "schedule": 3600.0},
    "sweep drafts of projects": {"task": "projects.sweep_drafts", "schedule": 3600.0},
    "work on bulk changes": {"task": "projects.work_on_changes", "schedule": 30.0},
    "work on charter lists": {"task": "members.work_on_releases", "schedule": 30.0},
    "work on imports": {"task": "projects.work_on_imports", "schedule": 30.0},
    "sweep imports": {"task": "projects.sweep_imports", "schedule": 3600.0},
    "keep registrations": {"task": "news.keep_registrations", "schedule": 3600.0},
    "send the newsletter": {"task": "news.send_newsletter", "schedule": 30.0},
    "keep subscriptions": {"task": "news.keep_subscriptions", "schedule": 3600.0},
}

# Browser security. One policy for every page, without exceptions. Pages may show an answer of the portal in a frame,
# and no answer lets itself be shown in one but a stored PDF, with a policy of its own (`documents/serving.py`).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "alliance_portal.pages.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]

# Logs: one JSON line each, no personal data (people appear by number only).
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "alliance_portal.logs.formatter"}},
    "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stream"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},  # its own lines would hold whole addresses
        "django_structlog": {"level": "WARNING" if DEMO else LOG_LEVEL},
    },
}

BRAND = {"name": env.str("BRAND_NAME", "Alliance Portal"), "alliance": env.str("ALLIANCE_NAME", "ECIU")}
