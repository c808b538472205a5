package netlink_test

import (
	"errors"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

func TestEstimatorMeasuresRates(t *testing.T) {
	nstest.Do(t, func() {
		v0, v1 := upPair(t)
		e := &netlink.Estimator{Interval: 250 * time.Millisecond, TimeConstant: time.Second}
		q := netlink.NewHtb(root(v0.Attrs().Index))
		q.Defcls, q.Estimator = 2, e
		err := netlink.QdiscAdd(q)
		nstest.Need(t, "queueing discipline htb", "", err)
		class := netlink.NewHtbClass(netlink.ClassAttrs{LinkIndex: q.LinkIndex, Parent: q.Handle,
			Handle: netlink.MakeHandle(1, 2), Estimator: e}, netlink.HtbClassAttrs{Rate: 1e9})
		if err := netlink.ClassAdd(class); err != nil {
			t.Fatal(err)
		}
		s := newPacketSender(t, v0, v1, testPacketType, 0)
		ends := time.Now().Add(10 * time.Second)
		for {
			s.send(make([]byte, shapedBody))
			qdiscs, err := netlink.QdiscList(v0)
			if err != nil || len(qdiscs) != 1 {
				t.Fatalf("there are %v, %v", qdiscs, err)
			}
			classes, err := netlink.ClassList(v0, netlink.HANDLE_NONE)
			if err != nil || len(classes) != 1 {
				t.Fatalf("there are %v, %v", classes, err)
			}
			all, one := *qdiscs[0].Attrs().Statistics.RateEst, *classes[0].Attrs().Statistics.RateEst
			if all.Bps > 0 && all.Pps > 0 && one.Bps > 0 && one.Pps > 0 {
				return
			}
			if time.Now().After(ends) {
				t.Fatalf("the estimators measure %+v and %+v", all, one)
			}
		}
	})
}

// The action police goes by the rate of the filter's estimator, without which the kernel does not take it.
func TestEstimatorOfFilter(t *testing.T) {
	withLink(t, func(link int) {
		addClsact(t, link)
		p := netlink.NewPoliceAction()
		p.AvRate, p.ExceedAction = 1e6, netlink.TC_POLICE_SHOT
		f := &netlink.MatchAll{FilterAttrs: netlink.FilterAttrs{LinkIndex: link, Parent: netlink.HANDLE_MIN_EGRESS,
			Priority: 1, Protocol: unix.ETH_P_ALL}, Actions: []netlink.Action{p}}
		if err := netlink.FilterAdd(f); !errors.Is(err, unix.EINVAL) {
			nstest.Need(t, "filter matchall with police", "", err)
			t.Errorf("without an estimator: %v", err)
		}
		f.Estimator = &netlink.Estimator{Interval: time.Second, TimeConstant: 4 * time.Second}
		if err := netlink.FilterAdd(f); err != nil {
			t.Error(err)
		}
	})
}

func TestEstimatorOutOfRange(t *testing.T) {
	withLink(t, func(link int) {
		for _, e := range []netlink.Estimator{{}, {Interval: time.Second}, {TimeConstant: time.Second},
			{Interval: -time.Second, TimeConstant: time.Second}, {Interval: 9 * time.Second, TimeConstant: time.Minute},
			{Interval: time.Second, TimeConstant: time.Second}} {
			q := &netlink.Bfifo{QdiscAttrs: root(link)}
			q.Estimator = &e
			if err := netlink.QdiscAdd(q); err == nil {
				t.Errorf("%+v is no error", e)
			}
		}
	})
}

// A class of HTB has a queueing discipline that is listed only on demand.
func TestInvisibleQdiscsAreListedOnDemand(t *testing.T) {
	withLink(t, func(link int) {
		htb := netlink.NewHtb(root(link))
		err := netlink.QdiscAdd(htb)
		nstest.Need(t, "queueing discipline htb", "", err)
		class := netlink.MakeHandle(1, 2)
		if err := netlink.ClassAdd(netlink.NewHtbClass(netlink.ClassAttrs{LinkIndex: link, Parent: htb.Handle,
			Handle: class},
			netlink.HtbClassAttrs{Rate: 1e9})); err != nil {
			t.Fatal(err)
		}
		dev, err := netlink.LinkByIndex(link)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := netlink.QdiscList(dev)
		if err != nil || len(shown) != 1 {
			t.Errorf("shown are %v, %v", shown, err)
		}
		all, err := netlink.QdiscListInvisible(dev)
		if err != nil || len(all) != 2 || all[1].Type() != "pfifo" || all[1].Attrs().Parent != class {
			t.Errorf("all are %v, %v", all, err)
		}
	})
}
