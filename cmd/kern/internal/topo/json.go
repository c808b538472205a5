package topo

import (
	"encoding/json"
	"io"
)

// endName is an end of a wire by name.
type endName struct {
	Namespace string `json:"namespace"`
	Link      string `json:"ifname"`
}

type wireName struct {
	Kind string  `json:"kind"`
	A    endName `json:"a"`
	B    endName `json:"b"`
}

func (m *Map) endName(e End) endName { return endName{m.Namespaces[e.NS].Name, m.link(e).Name} }

// JSON writes the map as one JSON object. The ends of wires are given by name.
func (m *Map) JSON(w io.Writer, pretty bool) error {
	out := struct {
		Namespaces []*Namespace `json:"namespaces"`
		Wires      []wireName   `json:"wires"`
	}{m.Namespaces, []wireName{}}
	for _, x := range m.Wires {
		out.Wires = append(out.Wires, wireName{x.Kind, m.endName(x.A), m.endName(x.B)})
	}
	e := json.NewEncoder(w)
	if pretty {
		e.SetIndent("", "    ")
	}
	return e.Encode(out)
}
