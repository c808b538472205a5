package main

import (
	"encoding/json"
	"fmt"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"kern.sys/internal/dropin/compare/peer"
)

// version is that of x/sys.
func (*counts) version() string {
	out, err := peer.Output("go", "list", "-m", "-f", "{{.Version}}", "golang.org/x/sys")
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(out)
}

// programs builds the program of calls with x/sys and with this module, into dir.
func programs(dir, arch string, theirs, ours *api) (theirProgram, ourProgram string, err error) {
	table := tableText(theirs, ours)
	if theirProgram, err = program(dir, arch, "theirs", "golang.org/x/sys/unix", table); err != nil {
		return "", "", err
	}
	ourProgram, err = program(dir, arch, "ours", "kern.sys/unix", table)
	return theirProgram, ourProgram, err
}

// program builds the program of calls for one of the packages. The copies with other imports are an overlay of the
// go command: nothing is written beside the sources.
func program(dir, arch, name, importPath, table string) (string, error) {
	paths, err := filepath.Glob("calls/*.go")
	if err != nil {
		return "", err
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for _, path := range paths {
		full, err := filepath.Abs(path)
		if err != nil {
			return "", err
		}
		text := table
		if filepath.Base(path) != "table.go" {
			b, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			text = string(b)
		}
		text = strings.ReplaceAll(text, `"golang.org/x/sys/unix"`, `"`+importPath+`"`)
		changed := filepath.Join(dir, name+"-"+arch+"-"+filepath.Base(path))
		if err := os.WriteFile(changed, []byte(text), 0o644); err != nil {
			return "", err
		}
		overlay.Replace[full] = changed
	}
	b, err := json.Marshal(overlay)
	if err != nil {
		return "", err
	}
	list, out := filepath.Join(dir, name+"-"+arch+".json"), filepath.Join(dir, name+"-"+arch)
	if err := os.WriteFile(list, b, 0o644); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-overlay", list, "-o", out, "./calls")
	cmd.Env = append(os.Environ(), "GOARCH="+arch, "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s for %s: %w\n%s", name, arch, err, text)
	}
	return out, os.Chmod(out, 0o755)
}

// tableText is the file with all that is called: the functions of x/sys that are here, too.
func tableText(theirs, ours *api) string {
	var b strings.Builder
	b.WriteString("package main\n\nimport \"golang.org/x/sys/unix\"\n\nvar functions = []function{\n")
	for _, name := range theirs.names() {
		if ours.functions[name] == nil {
			continue
		}
		expr, sig := "unix."+name, theirs.functions[name]
		var params []string
		if typ, method, isMethod := strings.Cut(name, "."); isMethod {
			expr = "(*unix." + typ + ")." + method
			params = append(params, "receiver")
		}
		for p := range sig.Params().Variables() {
			params = append(params, paramName(p, len(params)))
		}
		fmt.Fprintf(&b, "\t{%q, %s, %#v},\n", name, expr, params)
	}
	b.WriteString("}\n\nvar variables = []variable{\n")
	for _, name := range theirs.variables {
		fmt.Fprintf(&b, "\t{%q, &unix.%s},\n", name, name)
	}
	b.WriteString("}\n\nvar sockaddrs = []any{\n")
	for _, name := range theirs.sockaddrs {
		fmt.Fprintf(&b, "\t(*unix.%s)(nil),\n", name)
	}
	b.WriteString("}\n")
	return b.String()
}

func paramName(v *types.Var, i int) string {
	if v.Name() == "" || v.Name() == "_" {
		return fmt.Sprint("parameter", i)
	}
	return v.Name()
}
