package tc

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/nl"
)

// Sets are named by both programs, and found by their names: a filter that one made is shown alike by both.
func TestSetsAreNamed(t *testing.T) {
	if _, err := exec.LookPath("tc"); err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	const show = "filter show dev d0 egress"
	const filter = "filter add dev d0 egress protocol ip pref 3 handle 1 basic match 'ipset(bulk src,dst) and not " +
		"ipset(other dst)' classid 1:1"
	state := func(run func(t testing.TB, cmds ...string)) (byTc, byKern string) {
		nstest.Do(t, func() {
			clitest.SetUp(t, "link add d0 type veth peer d1", "link set d0 up")
			h, err := netlink.NewHandle(uapi.NETLINK_NETFILTER)
			if err == nil {
				defer h.Close()
				_, _, err = h.IpsetType("hash:net,net", uapi.AF_INET)
			}
			if errors.Is(err, nl.IPSetError(uapi.IPSET_ERR_FIND_TYPE)) {
				err = fmt.Errorf("%w: %w", syscall.EOPNOTSUPP, err)
			}
			nstest.Need(t, "sets of ipset", "", err)
			for _, set := range []struct{ name, typ string }{{"other", "hash:ip"}, {"bulk", "hash:net,net"}} {
				if err := h.IpsetCreate(set.name, set.typ, netlink.IpsetCreateOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			run(t, "qdisc add dev d0 clsact", filter)
			byTc = clitest.Peer(t, clitest.Words(t, show)...).Out
			byKern = clitest.Kern(clitest.Words(t, show)...).Out
		})
		return byTc, byKern
	}
	byTc, byKern := state(func(t testing.TB, cmds ...string) {
		for _, cmd := range cmds {
			if r := clitest.Peer(t, clitest.Words(t, cmd)...); r.Code != 0 {
				nstest.Need(t, "extended matches of sets", "", refusal(r.Err))
			}
		}
	})
	again, _ := state(clitest.SetUpByKern)
	if !strings.Contains(byTc, "ipset(bulk src,dst)") || byKern != byTc || again != byTc {
		t.Errorf("tc   %s\nkern %s\nmade by kern %s", byTc, byKern, again)
	}
}
