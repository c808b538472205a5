package tc

import (
	"encoding/json"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// state is traffic control on the link d0, and on its peer d1, made by the same words with either program.
type state struct {
	name string
	cmds []string
	show []string // besides those of all states
}

const manyActions = "filter add dev d0 ingress protocol ip pref 5 flower ip_proto tcp dst_port 80 action "

var states = []state{
	{"htb", []string{
		"qdisc add dev d0 root handle 1: htb default 10 r2q 20",
		"class add dev d0 parent 1: classid 1:1 htb rate 10mbit ceil 20mbit",
		"class add dev d0 parent 1:1 classid 1:10 htb rate 1mbit burst 15k prio 3 mtu 1500 quantum 2000",
		"class add dev d0 parent 1:1 classid 1:20 htb rate 50gbit overhead 10 linklayer atm",
		"qdisc add dev d0 parent 1:10 handle 10: pfifo limit 30",
	}, []string{"class show dev d0 qdisc 1:", "class show dev d0 classid 1:10", "-g class show dev d0",
		"qdisc show dev d0 handle 1:"}},
	{"tbf", []string{"qdisc add dev d0 root handle 1: tbf rate 12gbit burst 5mb limit 1mb peakrate 20gbit mtu 1500 " +
		"overhead 8 mpu 64"}, nil},
	{"tbf latency", []string{"qdisc add dev d0 stab overhead 20 linklayer atm root handle 1: tbf rate 1mbit burst 10k " +
		"latency 50ms"}, nil},
	{"hfsc", []string{
		"qdisc add dev d0 root handle 1: hfsc default 1",
		"class add dev d0 parent 1: classid 1:1 hfsc sc rate 1mbit ul rate 2mbit",
		"class add dev d0 parent 1: classid 1:2 hfsc rt m1 1mbit d 10ms m2 500kbit ls m2 1mbit",
	}, nil},
	{"prio", []string{"qdisc add dev d0 root handle 1: prio bands 4 priomap 1 2 3 3 1 2 0 0 1 1 1 1 1 1 1 1"},
		[]string{"class show dev d0"}},
	{"fq", []string{"qdisc add dev d0 root handle 1: fq limit 100 flow_limit 20 quantum 3000 maxrate 10mbit buckets " +
		"1000 nopacing ce_threshold 5ms horizon_cap"}, nil},
	{"fq_codel", []string{"qdisc add dev d0 root handle 1: fq_codel limit 100 flows 512 target 5ms noecn ce_threshold " +
		"1ms memory_limit 4mb drop_batch 20"}, nil},
	{"sfq", []string{"qdisc add dev d0 root handle 1: sfq perturb 10 quantum 1514 limit 100 redflowlimit 100000 min " +
		"8000 max 60000 probability 0.20 ecn"}, nil},
	{"netem", []string{"qdisc add dev d0 root handle 1: netem delay 100ms 10ms 25% loss 0.3% 25% duplicate 1% corrupt " +
		"0.1% reorder 25% 50% gap 5 rate 5kbit 20"}, nil},
	{"netem models", []string{"qdisc add dev d0 root handle 1: netem loss gemodel 1% 10% 70% 0.1% slot 800us 10ms " +
		"packets 42 bytes 64k ecn"}, nil},
	{"netem distribution", []string{"qdisc add dev d0 root handle 1: netem delay 100ms 10ms distribution normal loss 1%"},
		nil},
	{"clsact", []string{"qdisc add dev d0 ingress_block 7 clsact",
		"filter add block 7 protocol ip pref 3 matchall action drop"}, []string{"filter show block 7"}},
	{"ingress", []string{"qdisc add dev d0 ingress",
		"filter add dev d0 parent ffff: protocol all pref 3 matchall action bpf bytecode '1,6 0 0 4294967295' pipe index 3"},
		[]string{"actions list action bpf"}},
	{"u32", []string{
		"qdisc add dev d0 clsact", "filter add dev d0 ingress protocol ip pref 10 handle 5: u32 divisor 256",
		"filter add dev d0 ingress protocol ip pref 10 u32 match ip src 10.1.0.0/16 match ip dport 80 0xffff action " +
			"mirred egress mirror dev lo",
		"filter add dev d0 ingress protocol ip pref 10 u32 ht 5:10: match ip protocol 6 0xff flowid 1:10",
		"filter add dev d0 ingress protocol ip pref 10 u32 ht 800: match ip dst 10.0.0.0/8 hashkey mask 0x00ff0000 at 16 " +
			"link 5: offset at 0 mask 0x0f00 shift 6 eat",
	}, []string{"-p filter show dev d0 ingress", "filter show dev d0 ingress pref 10 protocol ip"}},
	{"bpf", []string{"qdisc add dev d0 clsact",
		"filter add dev d0 egress pref 4 bpf da bytecode '1,6 0 0 4294967295' classid 1:1"}, nil},
	{"matchall", []string{"qdisc add dev d0 clsact",
		"filter add dev d0 ingress pref 3 chain 7 matchall action goto chain 9",
		"filter add dev d0 egress pref 4 handle 5 matchall action pass random determ drop 5"},
		[]string{"chain show dev d0 ingress", "filter show dev d0 ingress chain 7"}},
	{"fw", []string{"qdisc add dev d0 root handle 1: htb",
		"filter add dev d0 parent 1: protocol ip pref 3 handle 0x10/0xff fw classid 1:2 action drop"}, nil},
	{"flower", []string{
		"qdisc add dev d0 clsact", "filter add dev d0 ingress protocol ip pref 5 flower ip_proto tcp dst_ip 10.0.0.0/8 " +
			"src_ip 1.2.3.4 dst_port 80 tcp_flags 0x2/0x12 action drop",
		"filter add dev d0 ingress protocol 802.1Q pref 6 flower vlan_id 100 vlan_prio 5 vlan_ethtype ipv4 dst_mac " +
			"02:00:00:00:00:01/24",
		"filter add dev d0 ingress protocol arp pref 7 flower arp_sip 1.2.3.4 arp_op request arp_tha 02:00:00:00:00:02",
		"filter add dev d0 ingress protocol ip pref 8 flower enc_dst_ip 1.1.1.1 enc_src_ip 2.2.2.0/24 enc_key_id 5 " +
			"enc_dst_port 4789 enc_tos 3 ip_flags nofrag",
		"filter add dev d0 ingress protocol mpls_uc pref 9 flower mpls lse depth 1 label 100 tc 1 lse depth 2 bos 1 ttl 64",
		"filter add dev d0 ingress protocol ip pref 10 flower ct_state +trk+new-est ct_zone 5 ct_mark 0x10/0xff",
		"filter add dev d0 ingress protocol ip pref 11 flower enc_key_id 3 geneve_opts " +
			"0102:80:11223344/ffff:ff:ffffffff,0103:81:aabbccdd",
	}, []string{"-br filter show dev d0 ingress"}},
	{"gact", []string{"qdisc add dev d0 clsact", manyActions +
		"pass random netrand drop 5000 index 7 cookie aabbccdd hw_stats delayed no_percpu"},
		[]string{"actions list action gact", "actions get action gact index 7"}},
	{"mirred", []string{"qdisc add dev d0 clsact", manyActions + "mirred ingress redirect dev lo index 3"},
		[]string{"actions list action mirred"}},
	{"vlan", []string{"qdisc add dev d0 clsact", manyActions +
		"vlan push id 5 protocol 802.1ad priority 3 pipe action vlan pop"}, nil},
	// At ingress newer kernels refuse queue_mapping without skip_sw.
	{"skbedit", []string{"qdisc add dev d0 clsact",
		"filter add dev d0 egress protocol ip pref 5 flower ip_proto tcp dst_port 80 action " +
			"skbedit queue_mapping 3 priority 1:10 mark 7/0xff ptype host pass"},
		[]string{"filter show dev d0 egress", "actions list action skbedit"}},
	{"csum", []string{"qdisc add dev d0 clsact", manyActions + "csum ip4h and tcp and udp pipe"}, nil},
	{"police", []string{"qdisc add dev d0 clsact", manyActions +
		"police rate 1mbit burst 10k mtu 2000 peakrate 2mbit overhead 14 conform-exceed drop/pipe index 9"},
		[]string{"actions list action police"}},
	{"tunnel_key", []string{"qdisc add dev d0 clsact", manyActions +
		"tunnel_key set src_ip 1.1.1.1 dst_ip 2.2.2.2 id 5 dst_port 4789 nocsum tos 0x10 ttl 64 geneve_opts " +
		"0102:80:00800022"}, nil},
	{"pedit", []string{"qdisc add dev d0 clsact", manyActions +
		"pedit ex munge ip ttl dec munge eth src set 02:00:00:00:00:01 pipe action pedit munge offset 0 u8 clear"}, nil},
	{"sample", []string{"qdisc add dev d0 clsact", manyActions + "sample rate 10 group 5 trunc 100"}, nil},
	{"nat", []string{"qdisc add dev d0 clsact", manyActions + "nat egress 1.1.1.0/24 2.2.2.1 pipe"}, nil},
	{"mpls", []string{"qdisc add dev d0 clsact", manyActions + "mpls push label 20 tc 3 ttl 64 bos 1 protocol mpls_uc"},
		nil},
	{"simple", []string{"qdisc add dev d0 clsact", manyActions + "simple sdata hello"}, nil},
	{"skbmod", []string{"qdisc add dev d0 clsact", manyActions + "skbmod set dmac 02:00:00:00:00:01 smac " +
		"02:00:00:00:00:02 etype 0x1234 pipe index 3 action skbmod swap mac action skbmod ecn drop"},
		[]string{"actions list action skbmod"}},
	{"ctinfo", []string{"qdisc add dev d0 clsact", manyActions + "ctinfo dscp 0xfc000000 0x01000000 cpmark 0xff " +
		"zone 5 pipe index 7 action ctinfo cpmark action ctinfo dscp 0x3f"}, []string{"actions list action ctinfo"}},
	{"gate", []string{"qdisc add dev d0 clsact", manyActions + "gate clockid CLOCK_TAI base-time 200000000000ns " +
		"cycle-time 1s cycle-time-ext 5ms priority 3 sched-entry open 200ms 2 8000b sched-entry close 800ms index 5 drop " +
		"action gate sched-entry open 10ms"}, []string{"actions list action gate"}},
	{"ife", []string{"qdisc add dev d0 clsact", manyActions + "ife encode type 0xDEAD allow mark dst " +
		"02:15:15:15:15:15 src 02:15:15:15:15:16 use prio 5 use tcindex 3 pipe index 2 action ife decode pass"},
		[]string{"actions list action ife"}},
	{"ct", []string{"qdisc add dev d0 clsact", manyActions + "ct commit force zone 5 mark 7/0xff label " +
		"0102030405060708090a0b0c0d0e0f10 nat src addr 10.0.0.1-10.0.0.9 port 1000-2000 index 4 pipe action ct commit " +
		"nat dst addr 2001:db8::1 zone 3 drop action ct clear action ct nat zone 2"},
		[]string{"actions list action ct"}},
	{"connmark", []string{"qdisc add dev d0 clsact", manyActions + "connmark zone 3"}, nil},
}

// shows are what all states are shown by.
var shows = []string{"qdisc show dev d0", "-s -d qdisc show", "class show dev d0", "-s -d class show dev d0",
	"filter show dev d0", "-s -d filter show dev d0 ingress", "-d filter show dev d0 egress"}

// setUp makes the two ends, and the state with tc.
func setUp(t *testing.T, s state) {
	t.Helper()
	clitest.SetUp(t, "link add d0 numtxqueues 4 type veth peer d1", "link set d0 up address 02:00:00:00:00:01",
		"link set lo up")
	for _, cmd := range s.cmds {
		var err error
		if r := clitest.Peer(t, clitest.Words(t, cmd)...); r.Code != 0 {
			if strings.Contains(r.Err, "Unknown") && !clitest.SameWords() {
				t.Skip("tc is too old: ", r.Err)
			}
			if strings.HasPrefix(s.name, "dualpi2") && notBuilt.MatchString(r.Err) {
				t.Skip("Debian's kernels are built without dualpi2: ", r.Err)
			}
			err = refusal(strings.TrimSpace(r.Err))
		}
		nstest.Need(t, "tc "+s.name, "", err)
	}
}

// refusal is what tc said: of a kind that the kernel has not, an error number to nstest.
type refusal string

func (r refusal) Error() string { return string(r) }

// notBuilt is what the kernel says of a kind that it was built without.
var notBuilt = regexp.MustCompile("kind is unknown|kind not found|Failed to load TC action module|" +
	"TC classifier not found")

func (r refusal) Is(target error) bool {
	return target == syscall.EOPNOTSUPP && notBuilt.MatchString(string(r))
}

// Each state is shown as tc shows it; and made by this program, tc shows the same.
func TestShowsAndMakesWhatTcDoes(t *testing.T) {
	if _, err := exec.LookPath("tc"); err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	for _, s := range slices.Concat(states, ematchStates, qdiscStates) {
		t.Run(s.name, func(t *testing.T) {
			var byTc, byKern []string
			all := append(append([]string{}, shows...), s.show...)
			nstest.Do(t, func() {
				setUp(t, s)
				for _, show := range all {
					if clitest.SameWords() {
						compareShow(t, show, strings.HasSuffix(s.name, withMatches))
					}
					byTc = append(byTc, still(clitest.Peer(t, clitest.Words(t, show)...).Out))
				}
			})
			nstest.Do(t, func() {
				clitest.SetUp(t, "link add d0 numtxqueues 4 type veth peer d1", "link set d0 up address 02:00:00:00:00:01",
					"link set lo up")
				clitest.SetUpByKern(t, s.cmds...)
				for _, show := range all {
					byKern = append(byKern, still(clitest.Peer(t, clitest.Words(t, show)...).Out))
				}
			})
			for i, show := range all {
				if i < len(byTc) && byTc[i] != byKern[i] {
					t.Errorf("%s: the states differ:\ntc   %s\nkern %s", show, byTc[i], byKern[i])
				}
			}
		})
	}
}

// times are shown where they are not 0, so they come and go; moving are numbers that change by themselves.
var (
	times  = regexp.MustCompile(` (installed|used|firstused|expires) \d+ sec|\s*"(installed|last_used|first_used|expires)": ?\d+,|,\s*"(installed|last_used|first_used|expires)": ?\d+`)
	moving = regexp.MustCompile(`((?:tokens:|ctokens:|period|seed) )-?\d+|("(?:tokens|ctokens|period|seed|bytes|packets|backlog|qlen|rule_hit|success)": ?)-?\d+|Sent \d+ bytes \d+ pkt|backlog \d+b \d+p|(rule hit )\d+|(success )\d+`)
)

func still(text string) string {
	return moving.ReplaceAllString(times.ReplaceAllString(text, ""), "$1$2$3$4")
}

// compareShow compares what both print, in all forms; packets may pass meanwhile. Where tc has text in
// its JSON, ours has to be such.
func compareShow(t *testing.T, show string, text bool) {
	t.Helper()
	for _, form := range []string{"", "-j", "-j -p", "-o", "-r", "-iec", "-N", "-N -j"} {
		words := clitest.Words(t, form+" "+show)
		a, b := clitest.Peer(t, words...), clitest.Kern(words...)
		if text && strings.Contains(form, "-j") {
			if !json.Valid([]byte(b.Out)) || b.Code != a.Code {
				t.Errorf("%s: %d, %s", strings.Join(words, " "), b.Code, b.Out)
			}
			continue
		}
		if x, y := still(a.Out), still(b.Out); x != y || a.Code != b.Code {
			t.Errorf("tc %s:\ntc   %d %s\nkern %d %s", strings.Join(words, " "), a.Code, x, b.Code, y)
		}
	}
}
