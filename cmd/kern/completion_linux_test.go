package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
)

// completions are what the last of words may become, in a namespace with a bridge br-home.
func completions(t *testing.T, words ...string) []string {
	t.Helper()
	var out, errs strings.Builder
	all := slices.Concat([]string{"kern", "completion", "words"}, words)
	if code := run(all, nil, &out, &errs); code != 0 || errs.Len() != 0 {
		t.Errorf("%q: status %d, %s", words, code, errs.String())
	}
	return strings.Fields(out.String())
}

func TestCompletion(t *testing.T) {
	nstest.Do(t, func() {
		if err := netlink.LinkAdd(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br-home"}}); err != nil {
			nstest.Need(t, "bridge links", "", err)
		}
		for _, c := range []struct{ words, want, not string }{
			{"", "address link netns topo completion vrf", "exec -json"},
			{"-", "-json -netns -color -4", "link"},
			{"li", "link", "address"},
			{"-j -4 addr", "address", "link"},
			{"link ", "add set show property help", "lst type"},
			{"link set ", "br-home lo mtu master up", "set eui64 bridge"},
			{"l set dev ", "br-home lo", "mtu"},
			{"link set lo ", "mtu master arp type", "eui64 lo set"},
			{"link set lo arp ", "on off", "mtu"},
			{"link set lo master br", "br-home", "broadcast"},
			{"link set lo mtu ", "", "mtu lo"},
			{"link add x type ", "vlan vxlan bridge_slave", "x add"},
			{"link add x type vlan ", "id protocol reorder_hdr", "mtu on"},
			{"link add x type vlan protocol ", "802.1Q 802.1ad", "id"},
			{"link add x type vlan gvrp ", "on off", "id"},
			{"link add x type vxlan dsfield ", "inherit", "id"},
			{"link add x type vxlan dev ", "br-home", "id"},
			{"link add x type vxlan nol", "nolearning nol2miss", "learning"},
			{"link add x type veth peer name y mt", "mtu", ""},
			{"link set lo type bridge_slave sta", "state", ""},
			{"addr add 192.0.2.1/24 dev ", "br-home", "scope"},
			{"address show ", "-tentative permanent dev", "forever"},
			{"route add default ", "via dev table encap mtu", "lock inet main"},
			{"route add default table ", "main local", "via"},
			{"route add default encap ", "ip ip6 mpls", "via"},
			{"route add default mtu ", "lock", "via"},
			{"n show nud ", "reachable stale", "dev"},
			{"rule add from all ", "table fwmark goto", "main add"},
			{"topo ", "svg json", ""},
			{"nosuch ", "", "help"},
			{"tcpmetrics ", "help delete", ""},
		} {
			words := strings.Split(c.words, " ")
			got := completions(t, words...)
			for _, w := range strings.Fields(c.want) {
				if !slices.Contains(got, w) {
					t.Errorf("%q: %s is not in %q", c.words, w, got)
				}
			}
			for _, w := range strings.Fields(c.not) {
				if slices.Contains(got, w) {
					t.Errorf("%q: %s is in %q", c.words, w, got)
				}
			}
		}
	})
}

func TestCompletionOfNamespaces(t *testing.T) {
	nstest.Private(t)
	ns, err := netns.Create("completed")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := netns.DeleteNamed("completed"); err != nil {
			t.Error(err)
		}
	}()
	if err := ns.Close(); err != nil {
		t.Error(err)
	}
	for _, words := range []string{
		"-n com", "-netns com", "netns del com", "netns exec com", "link set lo netns com", "topo svg com",
	} {
		if got := completions(t, strings.Split(words, " ")...); !slices.Equal(got, []string{"completed"}) {
			t.Errorf("%q: %q", words, got)
		}
	}
	// Devices are those of the namespace that the command is for.
	if got := completions(t, "-n", "completed", "link", "set", "dev", "l"); !slices.Equal(got, []string{"lo"}) {
		t.Errorf("%q", got)
	}
	if got := completions(t, "-n", "no-such", "link", "show", ""); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// Each word of each grammar can be reached: that of an object that is added later, too.
func TestEveryObjectIsCompleted(t *testing.T) {
	for _, o := range allObjects() {
		if o.Usage == nil || o.Name == "demo" || o.Name == "man" {
			continue
		}
		if got := completions(t, o.Name, ""); len(got) < 2 {
			t.Errorf("%s: %q: its grammar is not read, see grammar.go in package cli", o.Name, got)
		}
		if o.Kinds != nil {
			for _, kind := range netlink.LinkKinds() {
				words := []string{"link", "add", "type", kind, ""}
				if o.Name == "link" && len(o.Kinds(kind)) != 0 && len(completions(t, words...)) == 0 {
					t.Errorf("%s: none of %q", kind, o.Kinds(kind))
				}
			}
		}
	}
}

// shellProgram is this program by the name "ip" in a directory for a shell's PATH.
func shellProgram(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	self := clitest.Process(t)
	var env string
	for _, e := range self.Env {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "KERN_TEST_PROGRAM") {
			env = name
		}
	}
	script := "#!/bin/bash\nIFS=$'\\x1f'\nexport " + env + "=\"ip$IFS$*\"\nexec '" + self.Path + "'\n"
	if err := os.WriteFile(filepath.Join(dir, "ip"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// shell runs a script by a shell and returns the words that it prints.
func shell(t *testing.T, name, pkg, script string) []string {
	t.Helper()
	path, err := exec.LookPath(name)
	nstest.Program(t, name, pkg, err)
	args := []string{"-c", script}
	switch name {
	case "bash":
		args = append([]string{"--norc", "--noprofile"}, args...)
	case "zsh":
		args = append([]string{"-f"}, args...)
	case "fish":
		args = append([]string{"--no-config"}, args...)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), "PATH="+shellProgram(t)+":"+os.Getenv("PATH"), "HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.Fields(string(out))
}

func TestBashCompletes(t *testing.T) {
	for _, c := range []struct{ words, want string }{
		{`ip link set lo arp ""`, "on off"},
		{`ip link add v0 type vxl`, "vxlan"},
		{`ip -4 addr show dev l`, "lo"},
		{`ip link add link lo type vlan protocol 802.1a`, "802.1ad"},
	} {
		got := shell(t, "bash", "bash", `source <(ip completion bash)
complete -p ip >/dev/null || exit 1
COMP_WORDS=(`+c.words+`); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _ip; printf '%s\n' "${COMPREPLY[@]}"`)
		slices.Sort(got)
		want := strings.Fields(c.want)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", c.words, got, want)
		}
	}
	// A line in the middle of which the cursor stands.
	got := shell(t, "bash", "bash", `source <(ip completion bash)
COMP_WORDS=(ip link sh dev lo); COMP_CWORD=2; _ip; printf '%s\n' "${COMPREPLY[@]}"`)
	if !slices.Equal(got, []string{"show"}) {
		t.Errorf("in the middle: %q", got)
	}
}

func TestFishCompletes(t *testing.T) {
	got := shell(t, "fish", "fish", `ip completion fish | source; complete -C 'ip link add v0 type vxl'`)
	if !slices.Equal(got, []string{"vxlan"}) {
		t.Errorf("%q", got)
	}
}

func TestZshCompletes(t *testing.T) {
	got := shell(t, "zsh", "zsh", `autoload -Uz compinit; compinit -u -D; source <(ip completion zsh)
[[ ${_comps[ip]} == _ip ]] || { echo not registered; exit 1 }
compadd() { shift; print -l -- "$@" }
words=(ip link add v0 type vxl) CURRENT=6
_ip`)
	if !slices.Equal(got, []string{"vxlan"}) {
		t.Errorf("%q", got)
	}
}

func TestManualPage(t *testing.T) {
	var out, errs strings.Builder
	if code := run([]string{"kern", "man"}, nil, &out, &errs); code != 0 || errs.Len() != 0 {
		t.Fatalf("status %d, %s", code, errs.String())
	}
	page := out.String()
	for _, o := range allObjects() {
		if o.Usage != nil && !slices.Contains([]string{"neighbour", "ntbl", "tap", "tcp_metrics", "tunl"}, o.Name) &&
			!strings.Contains(page, "\n.SS "+o.Name+"\n") {
			t.Errorf("%s is not in the page", o.Name)
		}
	}
	for _, want := range []string{
		`.B \-json`, `.B \-netns NETNS`, ".SS vxlan\n", `[ [no]learning ]`, `kern link add [ link DEV`, ".SS bridge_slave\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not in the page", want)
		}
	}
	path, err := exec.LookPath("mandoc")
	nstest.Program(t, "mandoc", "mandoc", err)
	cmd := exec.Command(path, "-T", "lint", "-W", "warning")
	cmd.Stdin = strings.NewReader(page)
	lint, err := cmd.CombinedOutput()
	for line := range strings.Lines(string(lint)) {
		if !strings.Contains(line, "missing date") { // a build without version control has none
			t.Error(line)
		}
	}
	if len(lint) == 0 && err != nil {
		t.Error(err)
	}
}

func TestCompletionAndManRefuseWords(t *testing.T) {
	for words, want := range map[string]string{
		"completion tcsh":      `Command "tcsh" is unknown`,
		"completion bash more": `"more" is garbage`,
		"completion":           "completion { bash",
		"man more":             `"more" is garbage`,
		"man help":             "kern man",
	} {
		var out, errs strings.Builder
		code := run(append([]string{"kern"}, strings.Fields(words)...), nil, &out, &errs)
		if code != cli.StatusUsage || !strings.Contains(errs.String(), want) || out.Len() != 0 {
			t.Errorf("%s: status %d, %q, %q", words, code, out.String(), errs.String())
		}
	}
}
