#!/bin/sh
# Yours to write: here would be the call that gives $PASSWORD to the database.
set -eu
printf 'the password has %s characters\n' "${#PASSWORD}" >>passwords-set.log
