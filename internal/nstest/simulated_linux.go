package nstest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
	"testing"

	"kern.sys/unix"
)

// Devices of netdevsim are made and deleted by files of Simulated, and directed by those of Simulation.
const (
	Simulated  = "/sys/bus/netdevsim/"
	debugfs    = "/sys/kernel/debug"
	Simulation = debugfs + "/netdevsim/"
)

// NeedSimulated skips a test where no devices are simulated, and mounts what they are directed by.
func NeedSimulated(t testing.TB) {
	t.Helper()
	_, err := os.Stat(Simulated)
	if errors.Is(err, fs.ErrNotExist) {
		err = unix.EOPNOTSUPP
	}
	NeedOption(t, "CONFIG_NETDEVSIM", "", err)
	Need(t, "simulated devices, which root of the machine makes", "", unix.Access(Simulated+"new_device", unix.W_OK))
	if _, err := os.Stat(Simulation); err != nil {
		if err := unix.Mount("debugfs", debugfs, "debugfs", 0, ""); err != nil {
			t.Fatal(err)
		}
	}
}

// simulated counts the devices of this process: their numbers are the machine's.
var simulated atomic.Uint32

// NewSimulated is a number that no other device of netdevsim has.
func NewSimulated() uint32 { return uint32(os.Getpid())*100 + simulated.Add(1) }

// Simulate makes the device with a number in the calling thread's namespace, with ports. It returns the device's name
// on the bus, and what deletes it.
func Simulate(t testing.TB, number uint32, ports int) (name string, end func()) {
	t.Helper()
	write := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(Simulated+file, []byte(text), 0); err != nil {
			t.Fatal(err)
		}
	}
	write("new_device", fmt.Sprintf("%d %d", number, ports))
	return fmt.Sprintf("netdevsim%d", number), func() { write("del_device", fmt.Sprint(number)) }
}
