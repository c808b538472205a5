package unix

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"unsafe"
)

// EventPort is a queue of events of descriptors and files; see port_create(3C). What is associated with it gives one
// event, and is no more associated then. Methods may be called at the same time.
type EventPort struct {
	port int

	mu    sync.Mutex
	fds   map[uintptr]*association
	paths map[string]*association
	// live has every association that the kernel may still report. It keeps them where they are: the kernel holds their
	// addresses.
	live map[*association]struct{}
}

// association is what the kernel gives back with an event.
type association struct {
	file   *fileObj // of a path
	cookie any
}

// PortEvent is an event of a descriptor or of a file: Source is PORT_SOURCE_FD and Fd is set, or PORT_SOURCE_FILE and
// Path is set.
type PortEvent struct {
	Cookie interface{}
	Events int32
	Fd     uintptr
	Path   string
	Source uint16
}

// NewEventPort makes an event port.
func NewEventPort() (*EventPort, error) {
	port, err := portCreate()
	if err != nil {
		return nil, err
	}
	return &EventPort{port: port, fds: map[uintptr]*association{}, paths: map[string]*association{},
		live: map[*association]struct{}{}}, nil
}

var errPortClosed = errors.New("event port is closed")

// Close closes the port.
func (e *EventPort) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := Close(e.port); err != nil {
		return err
	}
	e.fds, e.paths, e.live = nil, nil, nil
	return nil
}

// PathIsWatched reports whether a path is associated.
func (e *EventPort) PathIsWatched(path string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.paths[path] != nil
}

// FdIsWatched reports whether a descriptor is associated.
func (e *EventPort) FdIsWatched(fd uintptr) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.fds[fd] != nil
}

// AssociatePath associates a file, of which stat was read. An event comes if it changes after that: events are FILE_*.
func (e *EventPort) AssociatePath(path string, stat os.FileInfo, events int, cookie interface{}) error {
	st, ok := stat.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Errorf("associate %q: %w", path, EINVAL)
	}
	name, err := BytePtrFromString(path)
	if err != nil {
		return err
	}
	a := &association{cookie: cookie, file: &fileObj{
		Atime: Timespec{Sec: st.Atim.Sec, Nsec: st.Atim.Nsec},
		Mtime: Timespec{Sec: st.Mtim.Sec, Nsec: st.Mtim.Nsec},
		Ctime: Timespec{Sec: st.Ctim.Sec, Nsec: st.Ctim.Nsec},
		Name:  (*int8)(unsafe.Pointer(name)),
	}}
	return associate(e, e.paths, path, a, PORT_SOURCE_FILE, uintptr(unsafe.Pointer(a.file)), events)
}

// AssociateFd associates a descriptor: events are POLL*.
func (e *EventPort) AssociateFd(fd uintptr, events int, cookie interface{}) error {
	return associate(e, e.fds, fd, &association{cookie: cookie}, PORT_SOURCE_FD, fd, events)
}

func associate[K comparable](e *EventPort, all map[K]*association, key K, a *association, source int, object uintptr,
	events int) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.live == nil {
		return errPortClosed
	}
	if all[key] != nil {
		return fmt.Errorf("%v is associated already: %w", key, EEXIST)
	}
	if _, err := portAssociate(e.port, source, object, events, (*byte)(unsafe.Pointer(a))); err != nil {
		return err
	}
	all[key] = a
	e.live[a] = struct{}{}
	return nil
}

// DissociatePath ends an association. ENOENT says that its event came before, which may still be in the queue.
func (e *EventPort) DissociatePath(path string) error {
	return dissociate(e, e.paths, path, PORT_SOURCE_FILE,
		func(a *association) uintptr { return uintptr(unsafe.Pointer(a.file)) })
}

// DissociateFd is [EventPort.DissociatePath] of a descriptor.
func (e *EventPort) DissociateFd(fd uintptr) error {
	return dissociate(e, e.fds, fd, PORT_SOURCE_FD, func(*association) uintptr { return fd })
}

func dissociate[K comparable](e *EventPort, all map[K]*association, key K, source int,
	object func(*association) uintptr) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := all[key]
	if a == nil {
		return fmt.Errorf("%v is not associated: %w", key, EINVAL)
	}
	_, err := portDissociate(e.port, source, object(a))
	if err != nil && err != ENOENT {
		return err
	}
	if err == nil {
		delete(e.live, a)
	}
	delete(all, key)
	return err
}

// GetOne waits for an event; see port_get(3C). t may be nil, for no end.
func (e *EventPort) GetOne(t *Timespec) (*PortEvent, error) {
	var raw portEvent
	if _, err := portGet(e.port, &raw, t); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	ev := new(PortEvent)
	if err := e.take(&raw, ev); err != nil {
		return nil, err
	}
	return ev, nil
}

// take turns what the kernel gave into an event, and ends its association. e is locked.
func (e *EventPort) take(raw *portEvent, ev *PortEvent) error {
	if e.live == nil {
		return errPortClosed
	}
	a := (*association)(unsafe.Pointer(raw.User))
	if _, ok := e.live[a]; !ok {
		return fmt.Errorf("event of source %d is of no association: %w", raw.Source, EINVAL)
	}
	delete(e.live, a)
	*ev = PortEvent{Cookie: a.cookie, Events: raw.Events, Source: raw.Source}
	switch raw.Source {
	case PORT_SOURCE_FD:
		ev.Fd = uintptr(raw.Object)
		if e.fds[ev.Fd] == a {
			delete(e.fds, ev.Fd)
		}
	case PORT_SOURCE_FILE:
		ev.Path = BytePtrToString((*byte)(unsafe.Pointer(a.file.Name)))
		if e.paths[ev.Path] == a {
			delete(e.paths, ev.Path)
		}
	}
	return nil
}

// Pending returns how many events are in the queue.
func (e *EventPort) Pending() (int, error) {
	var n uint32
	_, err := portGetn(e.port, nil, 0, &n, nil)
	return int(n), err
}

// Get waits for min events and stores all pending ones that fit in s; see port_getn(3C). It returns how many it
// stored, also when the time is over (ETIME).
func (e *EventPort) Get(s []PortEvent, min int, timeout *Timespec) (int, error) {
	if min <= 0 || min > len(s) {
		return 0, fmt.Errorf("want %d events in a slice of %d: %w", min, len(s), EINVAL)
	}
	raw := make([]portEvent, len(s))
	got := uint32(min)
	_, err := portGetn(e.port, &raw[0], uint32(len(raw)), &got, timeout)
	if err != nil && err != ETIME { // got says something for ETIME alone
		return 0, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range int(got) {
		if err := e.take(&raw[i], &s[i]); err != nil {
			return i, err
		}
	}
	return int(got), err
}
