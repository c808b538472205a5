package unix

import (
	"fmt"
	"strings"
)

// Pledge is pledge(2): from now on the process does no more than its promises say, and a program that it executes no more than execpromises.
func Pledge(promises, execpromises string) error {
	return pledgeText(&promises, &execpromises)
}

// PledgePromises is [Pledge] of the process alone.
func PledgePromises(promises string) error { return pledgeText(&promises, nil) }

// PledgeExecpromises is [Pledge] of what it executes alone.
func PledgeExecpromises(execpromises string) error { return pledgeText(nil, &execpromises) }

// promiseError says which promises were refused: the kernel has no such one (EINVAL), or the process does not have it any more (EPERM).
type promiseError struct {
	call, text string
	err        error
}

func (e *promiseError) Error() string { return fmt.Sprintf("%s %q: %v", e.call, e.text, e.err) }
func (e *promiseError) Unwrap() error { return e.err }

func pledgeText(promises, execpromises *string) error {
	var texts []string
	pointer := func(s *string) (*byte, error) {
		if s == nil {
			return nil, nil
		}
		texts = append(texts, *s)
		return BytePtrFromString(*s)
	}
	p, err := pointer(promises)
	if err != nil {
		return &promiseError{"pledge", *promises, err}
	}
	e, err := pointer(execpromises)
	if err != nil {
		return &promiseError{"pledge", *execpromises, err}
	}
	if err := pledge(p, e); err != nil {
		return &promiseError{"pledge", strings.Join(texts, `" "`), err}
	}
	return nil
}

// Unveil is unveil(2): of what is below path the process sees from now on what permissions say, of "rwxc".
func Unveil(path string, flags string) error {
	p, err := BytePtrFromString(path)
	if err != nil {
		return &promiseError{"unveil", path, err}
	}
	f, err := BytePtrFromString(flags)
	if err != nil {
		return &promiseError{"unveil", flags, err}
	}
	if err := unveil(p, f); err != nil {
		return &promiseError{"unveil", path + " " + flags, err}
	}
	return nil
}

// UnveilBlock makes [Unveil] fail from now on.
func UnveilBlock() error { return unveil(nil, nil) }
