"""The running program: settings, the command `hearback`, web app, worker."""
