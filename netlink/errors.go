package netlink

import (
	"fmt"
	"net"
	"strings"

	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// detailed reports whether h's errors may say more than a number.
func (h *Handle) detailed() bool { return h == nil || h.details || nl.EnableErrorMessageReporting }

// withDetails returns h with errors that have all details, for what programs that
// compare bare numbers do not call.
func (h *Handle) withDetails() *Handle {
	if h == nil || h.details {
		return h
	}
	c := *h
	c.details = true
	return &c
}

// wrap makes of an error what h's callers expect: a bare number where the kernel
// refused, or with details a [wire.Error] that says what was done to which object. With
// nl.EnableErrorMessageReporting it is the latter where the kernel had words for it.
// What never reached the kernel is always in words, and a [LinkNotFoundError] stays
// one. object is only asked for where its text is needed.
func (h *Handle) wrap(err error, op string, object func() string) error {
	if err == nil {
		return nil
	}
	if _, ok := err.(LinkNotFoundError); ok {
		return err
	}
	if h != nil && !h.details && !(nl.EnableErrorMessageReporting && inKernelsWords(err)) {
		if errno, ok := bareErrno(err); ok {
			return errno
		}
	}
	return wire.Annotate(err, op, object)
}

// inKernelsWords reports whether the kernel said more than a number.
func inKernelsWords(err error) bool {
	e, ok := err.(*wire.Error)
	return ok && (e.Message != "" || len(e.Path) != 0 || e.Missing != 0)
}

// refusal says in words what the kernel has a number for: what need not be sent to
// be refused.
type refusal struct {
	words string
	errno error
}

func refused(errno error, format string, args ...any) error {
	return &refusal{fmt.Sprintf(format, args...), errno}
}

// Error returns the words.
func (e *refusal) Error() string { return e.words }

// Unwrap returns the number.
func (e *refusal) Unwrap() error { return e.errno }

// fewInError bounds the lists in an error: of a longer list only these are named.
const fewInError = 4

// andMore is what follows after the first fewInError of n.
func andMore(n int) []string {
	if n <= fewInError {
		return nil
	}
	return []string{fmt.Sprintf("and %d more", n-fewInError)}
}

// quoted is a list of names as an error has it.
func quoted(names []string) string {
	var w []string
	for _, name := range names[:min(len(names), fewInError)] {
		w = append(w, fmt.Sprintf("%.128q", name))
	}
	return strings.Join(append(w, andMore(len(names))...), " ")
}

// addrOf is a link-layer address as an error has it.
func addrOf(a net.HardwareAddr) string { return a[:min(len(a), maxAddrLen)].String() }

// hexOf is a list of messages as an error has it.
func hexOf(messages []string) string {
	var w []string
	for _, m := range messages[:min(len(messages), fewInError)] {
		w = append(w, fmt.Sprintf("%.128x", m))
	}
	return "[" + strings.Join(append(w, andMore(len(messages))...), " ") + "]"
}
