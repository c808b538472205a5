// Package wire is what the host and the guest of vmtest send each other: the job, a file in the guest's initramfs; the
// events, lines of JSON on a virtio port; and the index of the kernel's modules.
package wire

import "time"

// Places in the guest.
const (
	JobFile  = "/job.json"
	Binaries = "/tests"      // test binaries
	Source   = "/src"        // the module's packages, which tests run in
	Port     = "kern-vmtest" // name of the virtio port for events
)

// Job is the work of a guest.
type Job struct {
	Modules  []string  // modules to load first
	Packages []Package // test binaries to run, one after the other
}

// Package is a test binary and how to run it.
type Package struct {
	Path   string // import path
	Dir    string // directory to run it in
	Binary string
	Args   []string
	Env    []string // in addition to the guest's environment
}

// Actions of events, in the order in which they come.
const (
	Ready  = "ready"  // the guest is up; Text is the kernel's release
	Start  = "start"  // a package starts
	Output = "output" // Text is a piece of what it prints
	Exit   = "exit"   // it ended, with Code
	Error  = "error"  // Text is what kept the guest from its work
	Done   = "done"   // no more packages
	Alive  = "alive"  // comes every [Beat]
)

// Beat is how often a guest says that it is alive.
const Beat = 10 * time.Second

// Event is something that happened in the guest.
type Event struct {
	Action  string
	Package string `json:",omitempty"`
	Text    string `json:",omitempty"`
	Code    int    `json:",omitempty"`
}
