package main

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
	statusFailed  = 1   // an object does not exist, words are missing
	statusKernel  = 2   // the kernel refused
	statusInvalid = 22  // EINVAL, where ip hands the error number on
	statusUsage   = 255 // the words cannot be understood
	rtnetlinkSays = "RTNETLINK answers: "
)

// exitError ends the command with a message, "" for none, and an exit status.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

// exit is the error that ends a command with code and the message, which is in
// ip's words and form.
func exit(code int, format string, args ...any) error {
	return &exitError{code, fmt.Sprintf(format, args...)}
}

// notEnough is the error for a command that lacks an argument.
func notEnough(argument string) error {
	return exit(statusFailed, "Not enough information: %q argument is required.", argument)
}

// noDevice is the error for a link that is not there, where it is to be used.
func noDevice(name string) error { return exit(statusFailed, "Cannot find device \"%s\"", name) }

// noSuchDevice is the same where it is to be shown.
func noSuchDevice(name string) error {
	return exit(statusFailed, "Device \"%s\" does not exist.", name)
}

// usage is the error that shows a grammar.
type usage struct{ text string }

func (u *usage) Error() string { return strings.TrimSuffix(u.text, "\n") }

// errHelp asks for the program's own usage.
var errHelp = errors.New("help")

// unknownError is a word that names no option, object or command.
type unknownError struct{ kind, word, try string }

func (e *unknownError) Error() string {
	return fmt.Sprintf("%s \"%s\" is unknown, try \"PROGRAM %s\".", e.kind, e.word, e.try)
}

// report shows an error and returns the exit status for it.
func (s *session) report(err error) int {
	if ferr := s.flush(); err == nil {
		err = ferr
	}
	if err == nil {
		return 0
	}
	if errors.Is(err, errHelp) {
		err = s.help()
	}
	text, code := s.explain(err)
	if text != "" {
		fmt.Fprintln(s.stderr, text)
	}
	return code
}

// explain gives the message and the exit status of an error.
func (s *session) explain(err error) (string, int) {
	var (
		done    *exitError
		wrong   *desc.UsageError
		help    *usage
		unknown *unknownError
		kernel  *wire.Error
	)
	switch {
	case errors.As(err, &done):
		return done.text, done.code
	case errors.As(err, &wrong):
		if wrong.Status != 0 {
			return wrong.Text, wrong.Status
		}
		return wrong.Text, statusUsage
	case errors.As(err, &help):
		return help.Error(), statusUsage
	case errors.As(err, &unknown):
		code := statusUsage
		if unknown.kind == "Object" {
			code = statusFailed
		}
		return strings.Replace(unknown.Error(), "PROGRAM", s.name, 1), code
	case errors.As(err, &kernel) && kernel.Message != "":
		return "Error: " + strings.TrimSuffix(kernel.Message, ".") + ".", statusKernel
	case errors.As(err, &kernel) && refused(kernel.Err):
		return rtnetlinkSays + errnoText(kernel.Err), statusKernel
	}
	return "Error: " + err.Error(), statusFailed
}

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
