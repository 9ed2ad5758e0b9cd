package weights

import (
	"regexp"
	"slices"
	"strings"
)

// NameTable maps the names of one scheme to the canonical names of a model. The first rule whose pattern matches decides;
// a tensor that no rule matches keeps its name.
//
// Patterns are names with variables: {i} stands for a number, {word} for one part between dots or slashes, {word...} for
// anything. A target uses the variables of its source. "@node:1" matches the ONNX tensor that node reads as input 1.
type NameTable struct {
	Rules []Rule
	// Absent are the patterns of the optional fields that this scheme may lack. Nil: all of them.
	Absent []string
}

// Zero as a part of [Split] is a part that must hold zeros only, such as a bias that the model does not have.
const Zero = "<zero>"

// Rule says what becomes of the tensors that its pattern matches. Make it with the functions below.
type Rule struct {
	kind   ruleKind
	from   string
	to     []string
	dims   []int
	order  func(rows int) []int
	value  int
	reason string
}

type ruleKind uint8

const (
	rename ruleKind = iota
	split
	permute
	reshape
	rows
	same
	alias
	zero
	expect
	ignore
)

// Rename binds a tensor as it is.
func Rename(from, to string) Rule { return Rule{kind: rename, from: from, to: []string{to}} }

// Split cuts a tensor into equal parts along its rows (its first dimension): a fused projection. Scales are cut alike.
func Split(from string, to ...string) Rule { return Rule{kind: split, from: from, to: to} }

// Permute binds a tensor with its axes in the given order, as numpy.transpose does. Types with a scale a row are refused.
func Permute(from, to string, axes ...int) Rule {
	return Rule{kind: permute, from: from, to: []string{to}, dims: axes}
}

// Transpose binds the transpose of a matrix.
func Transpose(from, to string) Rule { return Permute(from, to, 1, 0) }

// Reshape binds a tensor's values under another shape; one dimension may be -1.
func Reshape(from, to string, shape ...int) Rule {
	return Rule{kind: reshape, from: from, to: []string{to}, dims: shape}
}

// Rows binds a tensor with its rows reordered: row i of the field is row order(n)[i] of the n in the file (the rotary
// layout of GGUF, for example).
func Rows(from, to string, order func(n int) []int) Rule {
	return Rule{kind: rows, from: from, to: []string{to}, order: order}
}

// Same says that a tensor repeats the field to: tied weights that some exporters write twice. The two must be equal to the
// byte; where the file has this copy only, it is bound.
func Same(from, to string) Rule { return Rule{kind: same, from: from, to: []string{to}} }

// Alias gives the field to, which no tensor has, the weight of the field of.
func Alias(to, of string) Rule { return Rule{kind: alias, from: of, to: []string{to}} }

// ExpectZero drops a tensor after proving that it holds zeros only.
func ExpectZero(from string) Rule { return Rule{kind: zero, from: from} }

// Expect drops a whole-number scalar after proving its value: a setting that the model takes for granted.
func Expect(from string, value int) Rule { return Rule{kind: expect, from: from, value: value} }

// Ignore drops a tensor unread. The reason is required.
func Ignore(from, reason string) Rule { return Rule{kind: ignore, from: from, reason: reason} }

var variable = regexp.MustCompile(`\{[a-z]+(\.\.\.)?\}`)

// pattern is a compiled name with variables.
type pattern struct {
	expr *regexp.Regexp
	vars []string
}

func compile(text string) pattern {
	var p pattern
	var expr strings.Builder
	rest := text
	for {
		at := variable.FindStringIndex(rest)
		if at == nil {
			expr.WriteString(regexp.QuoteMeta(rest))
			break
		}
		name := rest[at[0]:at[1]]
		expr.WriteString(regexp.QuoteMeta(rest[:at[0]]))
		switch {
		case name == "{i}":
			expr.WriteString(`([0-9]+)`)
		case strings.HasSuffix(name, "...}"):
			expr.WriteString(`(.+)`)
		default:
			expr.WriteString(`([^./]+)`)
		}
		p.vars = append(p.vars, name)
		rest = rest[at[1]:]
	}
	p.expr = regexp.MustCompile("^" + expr.String() + "$")
	return p
}

// match gives the variables' values in name: a replacer for the rule's targets.
func (p pattern) match(name string) (*strings.Replacer, bool) {
	groups := p.expr.FindStringSubmatch(name)
	if groups == nil {
		return nil, false
	}
	pairs := make([]string, 0, 2*len(p.vars))
	for i, v := range p.vars {
		pairs = append(pairs, v, groups[i+1])
	}
	return strings.NewReplacer(pairs...), true
}

// mayLack says whether the scheme may lack the optional field at path.
func (t NameTable) mayLack(path string) bool {
	return t.Absent == nil || slices.ContainsFunc(t.Absent, func(absent string) bool {
		return compile(absent).expr.MatchString(path)
	})
}
