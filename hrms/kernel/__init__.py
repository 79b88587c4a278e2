"""What every domain needs and none owns: workflow, history, row scope, files, numbering, commands, jobs, text."""
