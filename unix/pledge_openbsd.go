package unix

import "fmt"

// Pledge is pledge(2): from now on the process does no more than its promises say, and a program that it executes no
// more than execpromises. The error is the bare number, which programs compare; [PledgeNamed] has one that names the
// promises.
func Pledge(promises, execpromises string) error {
	p, err := BytePtrFromString(promises)
	if err != nil {
		return err
	}
	e, err := BytePtrFromString(execpromises)
	if err != nil {
		return err
	}
	return pledge(p, e)
}

// PledgePromises is [Pledge] of the process alone.
func PledgePromises(promises string) error {
	p, err := BytePtrFromString(promises)
	if err != nil {
		return err
	}
	return pledge(p, nil)
}

// PledgeExecpromises is [Pledge] of what it executes alone.
func PledgeExecpromises(execpromises string) error {
	e, err := BytePtrFromString(execpromises)
	if err != nil {
		return err
	}
	return pledge(nil, e)
}

// PledgeNamed is [Pledge] with an error that names the promises: the kernel knows one of them not (EINVAL), or the
// process has given one up (EPERM). errors.Is finds the number.
func PledgeNamed(promises, execpromises string) error {
	if err := Pledge(promises, execpromises); err != nil {
		return fmt.Errorf("pledge %q %q: %w", promises, execpromises, err)
	}
	return nil
}

// Unveil is unveil(2): of what is below path the process sees from now on what permissions say, of "rwxc". The error
// is the bare number; [UnveilNamed] has one that names the path.
func Unveil(path string, flags string) error {
	p, err := BytePtrFromString(path)
	if err != nil {
		return err
	}
	f, err := BytePtrFromString(flags)
	if err != nil {
		return err
	}
	return unveil(p, f)
}

// UnveilNamed is [Unveil] with an error that names the path and its permissions. errors.Is finds the number.
func UnveilNamed(path string, flags string) error {
	if err := Unveil(path, flags); err != nil {
		return fmt.Errorf("unveil %q %q: %w", path, flags, err)
	}
	return nil
}

// UnveilBlock makes [Unveil] fail from now on.
func UnveilBlock() error { return unveil(nil, nil) }
