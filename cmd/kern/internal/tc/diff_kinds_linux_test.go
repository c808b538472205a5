package tc

import (
	"slices"
	"strings"
	"testing"

	"kern.sys/netlink"
)

// Each kind is in a state that both programs make and show. What a command of tc has no word for is not.
func TestEachKindIsCompared(t *testing.T) {
	made := map[string]bool{}
	for _, s := range slices.Concat(states, ematchStates, qdiscStates) {
		for _, cmd := range s.cmds {
			words := strings.Fields(cmd)
			kinds := map[string][]string{"qdisc": netlink.QdiscKinds(), "class": netlink.ClassKinds(),
				"filter": netlink.FilterKinds()}[words[0]]
			for i, word := range words {
				if slices.Contains(kinds, word) {
					made[words[0]+" "+word] = true
					kinds = nil // what comes behind are words of the kind
				}
				if i > 0 && words[i-1] == "action" {
					made["action "+word] = true
				}
			}
		}
	}
	// Without its name the action is gact.
	for _, control := range []string{"pass", "drop", "goto"} {
		made["action gact"] = made["action gact"] || made["action "+control]
	}
	for sort, kinds := range map[string][]string{"qdisc": netlink.QdiscKinds(), "class": netlink.ClassKinds(),
		"filter": netlink.FilterKinds(), "action": netlink.ActionKinds()} {
		for _, kind := range kinds {
			if !made[sort+" "+kind] {
				t.Errorf("no state has a %s of kind %s", sort, kind)
			}
		}
	}
}
