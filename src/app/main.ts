#!/usr/bin/env node
process.stdout.write('ephemery\n');
