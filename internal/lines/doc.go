// Command lines breaks the lines of Go and Markdown files that reach column 120.
//
//	go run ./internal/lines [FILE...]
//
// It breaks comments and paragraphs at a blank, code behind a comma or an operator, and strings in two parts, and
// leaves the rest to gofmt. Without files it works on the whole module. What it cannot break it prints, with status
// 1; the package's test finds the same lines. A tab counts as one column.
//
// Exempt are generated files (z* and folders of that name), testdata, tables and literal blocks in Markdown, lines of
// text between backquotes, and comments that are read by a program, such as //sys.
package main
