package netlink

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// irregular are the lists that vishvananda/netlink calls otherwise.
var irregular = map[string]string{
	"DevlinkDeviceSeq": "DevLinkGetDeviceList", "DevlinkPortSeq": "DevLinkGetAllPortList", "VDPADevSeq": "VDPAGetDevList",
	"VDPADevConfigSeq": "VDPAGetDevConfigList", "VDPAMGMTDevSeq": "VDPAGetMGMTDevList",
}

// streamsAlone have no list: events, and what is asked for seldom.
var streamsAlone = []string{"Watch", "XfrmEvents", "ProcEvents", "GTPEvents", "GenlPolicies", "RdmaPortSeq",
	"RdmaEvents",
	"RdmaObjectSeq", "RdmaCounterSeq", "RdmaPoolSeq", "DevlinkEvents", "DevlinkRegionChunks", "DevlinkClassBindSeq",
	"DevlinkHealthReporterSeq", "ConntrackExpectSubscribeSeq",
	"DevlinkLinecardSeq", "DevlinkPoolSeq", "DevlinkPortPoolSeq", "DevlinkRateSeq", "DevlinkRegionSeq",
	"DevlinkSharedBufferSeq", "DevlinkTrapGroupSeq", "DevlinkTrapPolicerSeq", "DevlinkTrapSeq"}

// TestListsHaveOnePatternOfNames: a stream is called as the list that it gives, XSeq for XList and XSeqFiltered for
// XListFiltered; XEntries gives the objects of XList as small values.
func TestListsHaveOnePatternOfNames(t *testing.T) {
	handle := reflect.TypeFor[*Handle]()
	streams := 0
	for m := range handle.Methods() {
		if m.Type.NumOut() != 1 || !strings.HasPrefix(m.Type.Out(0).String(), "iter.Seq") {
			continue
		}
		streams++
		counterpart, found := "", false
		switch name := m.Name; {
		case irregular[name] != "":
			counterpart, found = irregular[name], true
		case slices.Contains(streamsAlone, name):
			continue
		case strings.HasSuffix(name, "SubscribeSeq"):
			counterpart, found = strings.TrimSuffix(name, "Seq"), true
		case strings.Contains(name, "Seq"):
			counterpart, found = strings.Replace(name, "Seq", "List", 1), true
		case strings.HasSuffix(name, "Entries"):
			counterpart, found = strings.TrimSuffix(name, "Entries")+"List", true
		}
		if _, ok := handle.MethodByName(counterpart); !found || !ok {
			t.Errorf("%s is a stream, and there is no method %q", m.Name, counterpart)
		}
	}
	if streams < 15 {
		t.Errorf("only %d streams were found", streams)
	}
}
