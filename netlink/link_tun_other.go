//go:build !linux

package netlink

import "os"

func (t *Tuntap) make(*Handle) error { return ErrNotImplemented }

// AddQueues opens count more queues. It returns [ErrNotImplemented] on this
// system.
func (t *Tuntap) AddQueues(count int) ([]*os.File, error) { return nil, ErrNotImplemented }

// RemoveQueues detaches and closes queues. It returns [ErrNotImplemented] on
// this system.
func (t *Tuntap) RemoveQueues(fds ...*os.File) error { return ErrNotImplemented }
