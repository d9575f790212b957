"""All SQL: tables, the unit of work, repositories and migrations. Nobody else imports SQLAlchemy."""
