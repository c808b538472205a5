package tc

import (
	"errors"
	"os/exec"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// What the kernel has to say of what it has done goes to standard error, as tc has it, from batches too.
func TestWarnsAsTcDoes(t *testing.T) {
	if _, err := exec.LookPath("tc"); err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	const (
		big   = "class add dev d0 parent 1: classid 1:1 htb rate 40gbit"
		small = "class add dev d0 parent 1: classid 1:2 htb rate 8kbit"
	)
	run := func(program func(stdin string, args ...string) clitest.Result) (all []clitest.Result) {
		nstest.Do(t, func() {
			clitest.SetUp(t, "link add d0 type veth peer d1")
			all = append(all, program("", clitest.Words(t, "qdisc add dev d0 root handle 1: htb")...))
			if all[0].Code != 0 {
				nstest.Need(t, "htb", "", refusal(all[0].Err))
			}
			all = append(all, program("", clitest.Words(t, big)...),
				program(small+"\n"+"class del dev d0 classid 1:1\n"+big+"\n",
					"-batch", "-"))
		})
		return all
	}
	byTc := run(func(stdin string, args ...string) clitest.Result { return clitest.PeerIn(t, stdin, args...) })
	byKern := run(clitest.KernIn)
	for i, want := range byTc {
		if byKern[i] != want {
			t.Errorf("tc   %v\nkern %v", want, byKern[i])
		}
		if i > 0 && byKern[i].Err == "" {
			nstest.Need(t, "warnings of HTB in the kernel's answers", "6.4", errors.New("nothing is said"))
		}
	}
}
