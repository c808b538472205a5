package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Exit statuses, as ip has them.
const (
	StatusFailed  = 1   // an object does not exist, words are missing
	StatusKernel  = 2   // the kernel refused
	StatusInvalid = 22  // EINVAL, where ip hands the error number on
	StatusUsage   = 255 // the words cannot be understood
	rtnetlinkSays = "RTNETLINK answers: "
)

// ExitError ends the command with a message, "" for none, and an exit status.
type ExitError struct {
	code  int
	text  string
	exact bool // it stays as it is in programs that have another for all failures
}

func (e *ExitError) Error() string { return e.text }

// Exit is the error that ends a command with code and the message, which is in
// ip's words and form.
func Exit(code int, format string, args ...any) error {
	return &ExitError{code: code, text: fmt.Sprintf(format, args...)}
}

// Exactly is an error with its exit status, which [Program.Status] does not change.
func (s *Session) Exactly(code int, err error) error {
	if err == nil {
		return nil
	}
	text, _ := s.Explain(err)
	return &ExitError{code, text, true}
}

// NotEnough is the error for a command that lacks an argument.
func NotEnough(argument string) error {
	return Exit(StatusFailed, "Not enough information: %q argument is required.", argument)
}

// NoDevice is the error for a link that is not there, where it is to be used.
func NoDevice(name string) error { return Exit(StatusFailed, "Cannot find device \"%s\"", name) }

// NoSuchDevice is the same where it is to be shown.
func NoSuchDevice(name string) error {
	return Exit(StatusFailed, "Device \"%s\" does not exist.", name)
}

// usage is the error that shows a grammar.
type usage struct{ text string }

func (u *usage) Error() string { return strings.TrimSuffix(u.text, "\n") }

// errHelp asks for the program's own usage.
var errHelp = errors.New("help")

// UnknownError is a word that names no option, object or command.
type UnknownError struct{ Kind, Word, Try string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("%s \"%s\" is unknown, try \"PROGRAM %s\".", e.Kind, e.Word, e.Try)
}

// Report shows an error and returns the exit status for it.
func (s *Session) Report(err error) int {
	code := s.report(err)
	if exit, ok := errors.AsType[*ExitError](err); ok && exit.exact {
		return code
	}
	if s.WrongWords != 0 && code == StatusUsage {
		return s.WrongWords
	}
	if s.Status != 0 && (code == StatusFailed || code == StatusKernel) {
		return s.Status
	}
	return code
}

// report is Report with the exit statuses that ip has.
func (s *Session) report(err error) int {
	if ferr := s.Flush(); err == nil {
		err = ferr
	}
	if err == nil {
		return 0
	}
	if errors.Is(err, errHelp) {
		if err = s.help(); err == nil {
			return 0
		}
	}
	text, code := s.Explain(err)
	if text != "" {
		fmt.Fprintln(s.Stderr, text)
	}
	return code
}

// Explain gives the message and the exit status of an error.
func (s *Session) Explain(err error) (string, int) {
	var (
		done    *ExitError
		wrong   *desc.UsageError
		help    *usage
		unknown *UnknownError
		kernel  *wire.Error
	)
	switch {
	case errors.As(err, &done):
		return done.text, done.code
	case errors.As(err, &wrong):
		if wrong.Status != 0 {
			return wrong.Text, wrong.Status
		}
		return wrong.Text, StatusUsage
	case errors.As(err, &help):
		return help.Error(), StatusUsage
	case errors.As(err, &unknown):
		code := StatusUsage
		if unknown.Kind == "Object" && s.Unknown == 0 {
			code = StatusFailed
		}
		return strings.Replace(unknown.Error(), "PROGRAM", s.Name, 1), code
	case errors.As(err, &kernel) && s.Answers != "" && refused(kernel.Err):
		text := s.Answers + errnoText(kernel.Err)
		if kernel.Message != "" {
			text = extended(kernel) + "\n" + text
		}
		return text, StatusKernel
	case errors.As(err, &kernel) && kernel.Message != "":
		return extended(kernel), StatusKernel
	case errors.As(err, &kernel) && refused(kernel.Err):
		return rtnetlinkSays + errnoText(kernel.Err), StatusKernel
	}
	return "Error: " + err.Error(), StatusFailed
}

// extended is what the kernel said of its refusal.
func extended(e *wire.Error) string { return sentence("Error: ", e.Message) }

// sentence ends what the kernel says.
func sentence(before, text string) string { return before + strings.TrimSuffix(text, ".") + "." }

// refused reports whether err is an error number, which is what comes from the
// kernel.
func refused(err error) bool {
	_, ok := err.(interface {
		Timeout() bool
		Temporary() bool
	})
	return ok
}

// errnoText is the text of an error number as strerror(3) has it.
func errnoText(err error) string {
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call.Err
	}
	text := err.Error()
	first, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[n:]
}
