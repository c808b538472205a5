package tc

import (
	"net"
	"os/exec"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
)

// root begins the command for a queueing discipline of the link.
const root = "qdisc add dev d0 root handle 1: "

// qdiscStates are the kinds of queueing disciplines, with words for all of what each has.
var qdiscStates = []state{
	{"cake", []string{root + "cake bandwidth 100mbit rtt 50ms diffserv4 dual-srchost nat wash ack-filter no-split-gso " +
		"memlimit 4mb fwmark 0xff overhead 18 mpu 64 ingress"}, nil},
	{"cake without limits", []string{root + "cake unlimited besteffort flowblind raw ack-filter-aggressive lan"}, nil},
	{"cake by default", []string{root + "cake autorate-ingress conservative diffserv8"}, nil},
	{"cake of a tin", []string{root + "cake ptm precedence hosts egress"}, nil},
	{"cake_mq", []string{root + "cake_mq bandwidth 1gbit metro"}, nil},
	{"red", []string{root + "red limit 400k min 30k max 90k avpkt 1000 burst 55 probability 0.1 bandwidth 10mbit " +
		"adaptive ecn harddrop nodrop"}, nil},
	{"red with events", []string{root + "red limit 60k avpkt 1000 bandwidth 10mbit ecn qevent early_drop block 10 " +
		"qevent mark block 11"}, nil},
	{"ets", []string{root + "ets bands 4 strict 2 quanta 3000 2000 priomap 0 1 2 3 3 3",
		"class change dev d0 classid 1:3 ets quantum 4000"}, nil},
	{"ets of strict bands", []string{root + "ets strict 3"}, nil},
	{"mqprio", []string{root + "mqprio num_tc 2 map 0 1 1 1 queues 1@0 1@1 hw 0"}, nil},
	{"taprio", []string{root + "taprio num_tc 3 map 2 2 1 0 2 2 2 2 2 2 2 2 2 2 2 2 queues 1@0 1@1 1@2 base-time 1000 " +
		"sched-entry S 01 300000 sched-entry S 02 300000 sched-entry S 04 400000 clockid CLOCK_TAI"}, nil},
	{"taprio of later", []string{root + "taprio num_tc 2 map 0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 queues 1@0 1@1 flags 0x1 " +
		"txtime-delay 500000 clockid CLOCK_TAI cycle-time 1000000 cycle-time-extension 100 max-sdu 0 300 " +
		"base-time 9000000000000000000 sched-entry S 00 600000 sched-entry S 3 400000"}, nil},
	{"etf", []string{root + "etf clockid CLOCK_TAI delta 200000 deadline_mode skip_sock_check"}, nil},
	{"gred", []string{root + "gred setup vqs 4 default 2 grio limit 100k",
		"qdisc change dev d0 root handle 1: gred vq 1 prio 3 limit 60k min 15k max 25k avpkt 1000 burst 20 probability " +
			"0.5 " +
			"bandwidth 10mbit ecn harddrop",
		"qdisc change dev d0 root handle 1: gred vq 2 limit 60k min 15k max 45k avpkt 1000 burst 25 bandwidth 10mbit"}, nil},
	{"gred with flags", []string{root + "gred setup DPs 3 default 0 ecn"}, nil},
	{"choke", []string{root + "choke limit 1000 bandwidth 100mbit ecn min 83 max 250 burst 200 avpkt 500 probability " +
		"0.3"},
		nil},
	{"sfb", []string{root + "sfb rehash 1000 db 500 limit 100 max 30 target 25 increment 0.01 decrement 0.0005 " +
		"penalty_rate 20 penalty_burst 30"}, nil},
	{"hhf", []string{root + "hhf limit 1000 quantum 1514 hh_limit 20 reset_timeout 40ms admit_bytes 131072 " +
		"evict_timeout 1s non_hh_weight 3"}, nil},
	{"dualpi2", []string{root + "dualpi2 limit 1000 memlimit 100000 target 15ms tupdate 16ms alpha 0.16 beta 3.2 " +
		"coupling_factor 2 any_ect step_thresh 1ms min_qlen_step 2 overflow drop_dequeue split_gso classic_protection 10%"},
		nil},
	{"dualpi2 by packets", []string{root + "dualpi2 l4s_ect step_thresh 20pkts drop_on_overload drop_enqueue " +
		"no_split_gso max_rtt 100ms"}, nil},
	{"codel", []string{root + "codel limit 100 target 5ms noecn ce_threshold 1ms"}, nil},
	{"pie", []string{root + "pie limit 100 target 5ms tupdate 20ms alpha 2 beta 20 ecn bytemode dq_rate_estimator"}, nil},
	{"fq_pie", []string{root + "fq_pie limit 100 flows 512 target 5ms tupdate 20ms alpha 2 beta 20 quantum 300 " +
		"memory_limit 4mb ecn_prob 20 ecn bytemode dq_rate_estimator"}, nil},
	{"cbs", []string{root + "cbs hicredit 9 locredit -5 sendslope -7 idleslope 8"}, nil},
	{"drr", []string{root + "drr", "class add dev d0 parent 1: classid 1:1 drr quantum 2k"}, nil},
	{"qfq", []string{root + "qfq", "class add dev d0 parent 1: classid 1:1 qfq weight 5 maxpkt 2000"}, nil},
	{"skbprio", []string{root + "skbprio limit 100"}, nil},
	{"multiq", []string{root + "multiq"}, nil},
	{"mq", []string{root + "mq"}, nil},
	{"plug", []string{root + "plug limit 10k"}, nil},
	{"noqueue", []string{root + "noqueue"}, nil},
	{"blackhole", []string{root + "blackhole"}, nil},
	{"pfifo_fast", []string{root + "pfifo_fast"}, nil},
	{"bfifo", []string{root + "bfifo limit 20k"}, nil},
	{"pfifo_head_drop", []string{root + "pfifo_head_drop limit 20"}, nil},
}

// Counters of a kind are shown as tc shows them after packets went through. Some change by themselves, so what tc
// shows is taken before and after.
func TestStatisticsOfQdiscs(t *testing.T) {
	if _, err := exec.LookPath("tc"); err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	if !clitest.SameWords() {
		t.Skip("tc has another version, which shows other counters")
	}
	for _, s := range qdiscStates {
		t.Run(s.name, func(t *testing.T) {
			if s.name == "gred" && native.Uint16([]byte{0, 1}) == 1 {
				t.Skip("tc shows the upper half of gred's bytes on big-endian machines")
			}
			nstest.Do(t, func() {
				setUp(t, s)
				clitest.SetUp(t, "link set d1 up", "address add 10.9.0.1/24 dev d0",
					"neighbor add 10.9.0.2 lladdr 02:00:00:00:00:02 dev d0")
				c, err := net.Dial("udp", "10.9.0.2:9")
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				for range 50 {
					_, _ = c.Write(make([]byte, 1000)) // a full queue drops it
				}
				for _, show := range []string{"-s -d qdisc show dev d0", "-s -j qdisc show dev d0", "-s class show dev d0",
					"-s -j class show dev d0"} {
					compareMoving(t, show)
				}
			})
		})
	}
}

// compareMoving compares what both print where it does not change meanwhile.
func compareMoving(t *testing.T, show string) {
	t.Helper()
	words := clitest.Words(t, show)
	for range 50 {
		before, got, after := clitest.Peer(t, words...), clitest.Kern(words...), clitest.Peer(t, words...)
		if before.Out != after.Out {
			continue
		}
		if before.Out != got.Out || before.Code != got.Code {
			t.Errorf("tc %s:\ntc   %d %s\nkern %d %s", strings.Join(words, " "), before.Code, before.Out, got.Code, got.Out)
		}
		return
	}
	t.Logf("tc %s never was the same twice", show)
}
