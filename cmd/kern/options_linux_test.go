package main

import "testing"

func TestWrongOptionsEndAsWithIP(t *testing.T) {
	needIP(t)
	for _, line := range []string{
		"", "-x", "-jj", "--nope", "-", "nope", "am", "help", "he", "-h", "-help", "-f", "-f nope", "-f nope link", "-n nope link",
		"-rc", "-rc x", "-l", "-b", "-c=nope link", "-c=n link", "-d=3 link", "-ec link", "-s", "-j", "-4", "-- nope", "-batch /nonexistent/file",
	} {
		args := words(t, line)
		sameEnd(t, line, ip(t, args...), kern(args...))
	}
}
