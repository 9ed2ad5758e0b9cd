package nn

import (
	"fmt"
	"iter"
	"reflect"
	"strconv"
	"strings"

	"github.com/dauys/dauys/tensor"
)

// Field is a place for a weight in a model.
type Field struct {
	Path     string // joined tags: "decoder.layers.0.fc1.weight"
	Optional bool   // tag `weight:"name,optional"` on the field or on a part that holds it: the model works without it
	Param    **tensor.Param
}

var paramType = reflect.TypeFor[*tensor.Param]()

// Walk lists the weights of model, a pointer to a struct, in the order of its fields. Parts that are nil pointers or empty
// slices have no weights: the model's constructor makes the parts that its configuration asks for. A field without a tag
// is no weight; an empty tag adds nothing to the path. It panics on a model that is no pointer to a struct and on a tag at
// a field that cannot hold weights: both are mistakes in the model's source, which its first test finds.
func Walk(model any) iter.Seq[Field] {
	v := reflect.ValueOf(model)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("nn.Walk: %T is no pointer to a struct", model))
	}
	return func(yield func(Field) bool) { walk(v.Elem(), "", false, yield) }
}

// walk visits v; it returns false when the caller of the iterator has enough.
func walk(v reflect.Value, path string, optional bool, yield func(Field) bool) bool {
	switch {
	case v.Type() == paramType:
		return yield(Field{path, optional, v.Addr().Interface().(**tensor.Param)})
	case v.Kind() == reflect.Pointer:
		return v.IsNil() || walk(v.Elem(), path, optional, yield)
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		for i := range v.Len() {
			if !walk(v.Index(i), join(path, strconv.Itoa(i)), optional, yield) {
				return false
			}
		}
		return true
	case v.Kind() == reflect.Struct:
		return walkStruct(v, path, optional, yield)
	}
	panic(fmt.Sprintf("nn.Walk: %q has a weight tag but is a %s", path, v.Type()))
}

func walkStruct(v reflect.Value, path string, optional bool, yield func(Field) bool) bool {
	for i := range v.NumField() {
		tag, ok := v.Type().Field(i).Tag.Lookup("weight")
		if !ok {
			continue
		}
		name, option, _ := strings.Cut(tag, ",")
		if option != "" && option != "optional" {
			panic(fmt.Sprintf("nn.Walk: %q: unknown option %q", join(path, name), option))
		}
		if !walk(v.Field(i), join(path, name), optional || option == "optional", yield) {
			return false
		}
	}
	return true
}

func join(path, name string) string {
	if path == "" || name == "" {
		return path + name
	}
	return path + "." + name
}
