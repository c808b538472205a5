//go:build !linux

package netns

// Get returns [ErrNotImplemented].
func Get() (NsHandle, error) { return None(), ErrNotImplemented }

// New returns [ErrNotImplemented].
func New() (NsHandle, error) { return None(), ErrNotImplemented }

// CreateUnnamed returns [ErrNotImplemented].
func CreateUnnamed() (NsHandle, error) { return None(), ErrNotImplemented }

// NewNamed returns [ErrNotImplemented].
func NewNamed(name string) (NsHandle, error) { return None(), ErrNotImplemented }

// Create returns [ErrNotImplemented].
func Create(name string) (NsHandle, error) { return None(), ErrNotImplemented }

// ShareNamed returns [ErrNotImplemented].
func ShareNamed() error { return ErrNotImplemented }

// Attach returns [ErrNotImplemented].
func Attach(name string, ns NsHandle) error { return ErrNotImplemented }

// DeleteNamed returns [ErrNotImplemented].
func DeleteNamed(name string) error { return ErrNotImplemented }

// List returns [ErrNotImplemented].
func List() ([]string, error) { return nil, ErrNotImplemented }

// Set returns [ErrNotImplemented].
func Set(ns NsHandle) error { return ErrNotImplemented }

// Setns returns [ErrNotImplemented].
func Setns(ns NsHandle, nstype int) error { return ErrNotImplemented }

// Do returns [ErrNotImplemented] and does not call fn.
func Do(ns NsHandle, fn func() error) error { return ErrNotImplemented }

// GetFromPath returns [ErrNotImplemented].
func GetFromPath(path string) (NsHandle, error) { return None(), ErrNotImplemented }

// GetFromName returns [ErrNotImplemented].
func GetFromName(name string) (NsHandle, error) { return None(), ErrNotImplemented }

// GetFromPid returns [ErrNotImplemented].
func GetFromPid(pid int) (NsHandle, error) { return None(), ErrNotImplemented }

// GetFromThread returns [ErrNotImplemented].
func GetFromThread(pid, tid int) (NsHandle, error) { return None(), ErrNotImplemented }

// GetFromDocker returns [ErrNotImplemented].
func GetFromDocker(id string) (NsHandle, error) { return None(), ErrNotImplemented }

// Equal reports whether both are the same handle.
func (ns NsHandle) Equal(other NsHandle) bool { return ns == other }

// String is "NS(none)" for [None], else "NS(unknown)".
func (ns NsHandle) String() string { return ns.UniqueId() }

// UniqueId is "NS(none)" for [None], else "NS(unknown)".
func (ns NsHandle) UniqueId() string {
	if !ns.IsOpen() {
		return "NS(none)"
	}
	return "NS(unknown)"
}

// Close returns [ErrNotImplemented].
func (ns *NsHandle) Close() error { return ErrNotImplemented }
