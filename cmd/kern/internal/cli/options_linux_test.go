package cli_test

import (
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
)

func TestWrongOptionsEndAsWithIP(t *testing.T) {
	clitest.NeedIP(t)
	for _, line := range []string{
		"", "-x", "-jj", "--nope", "-", "nope", "am", "help", "he", "-h", "-help", "-f", "-f nope", "-f nope link",
		"-n nope link",
		"-rc", "-rc x", "-l", "-b", "-c=nope link", "-c=n link", "-d=3 link", "-ec link", "-s", "-j", "-4", "-- nope",
		"-batch /nonexistent/file",
	} {
		args := clitest.Words(t, line)
		clitest.SameEnd(t, line, clitest.IP(t, args...), clitest.Kern(args...))
	}
}
