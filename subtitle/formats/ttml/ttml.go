// Package ttml writes TTML that is EBU-TT-D (EBU Tech 3380) and IMSC 1.1 Text (W3C) at the same time: the common part of
// both, so that players of either show it.
//
//	tt  xml:lang, ttp:timeBase="media", ttp:cellResolution="32 15"
//	├── head  ebuttm:documentMetadata (what it conforms to), one style, one region at the bottom, left-justified
//	└── body/div/p  xml:id="c1" begin="00:00:01.200" end="00:00:03.050"
//	                <span>first line</span><br/><span>second line</span>
//
// Text is escaped; characters that XML 1.0 cannot hold become U+FFFD. Kazakh letters need no escape: the file is UTF-8.
package ttml

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle/cue"
	"github.com/dauys/dauys/subtitle/formats/timecode"
)

// The region is 80 % wide in the lowest fifth of the picture. A line of 42 characters fits at 100 % of the cell height.
const head = `<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ebuttm="urn:ebu:tt:metadata" xmlns:ebutts="urn:ebu:tt:style" ttp:timeBase="media" ttp:cellResolution="32 15" xml:space="default" xml:lang="%s">
  <head>
    <metadata>
      <ebuttm:documentMetadata>
        <ebuttm:conformsToStandard>urn:ebu:tt:distribution:2018-04</ebuttm:conformsToStandard>
        <ebuttm:conformsToStandard>http://www.w3.org/ns/ttml/profile/imsc1.1/text</ebuttm:conformsToStandard>
      </ebuttm:documentMetadata>
    </metadata>
    <styling>
      <style xml:id="text" tts:fontFamily="proportionalSansSerif" tts:fontSize="100%%" tts:lineHeight="125%%" tts:textAlign="start" tts:color="#ffffffff" tts:wrapOption="noWrap" ebutts:linePadding="0.5c"/>
      <style xml:id="box" tts:backgroundColor="#000000c2"/>
    </styling>
    <layout>
      <region xml:id="bottom" tts:origin="10%% 78%%" tts:extent="80%% 18%%" tts:displayAlign="after" tts:overflow="visible"/>
    </layout>
  </head>
  <body>
    <div style="text">
`

const foot = `    </div>
  </body>
</tt>
`

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

// Write writes cues in a language, a BCP 47 tag; "" or auto is und, an unknown one.
func Write(w io.Writer, cues []cue.Cue, language string) error {
	const op fault.Op = "ttml.Write"
	if language == "" || language == "auto" {
		language = "und"
	}
	if !languageTag.MatchString(language) {
		return fault.Errorf(op, fault.Invalid, "%q is no language tag, such as kk", language)
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, head, language)
	n := 0
	for _, c := range cues {
		spans := spans(c.Lines)
		if spans == "" {
			continue
		}
		n++
		fmt.Fprintf(b, "      <p xml:id=\"c%d\" region=\"bottom\" begin=\"%s\" end=\"%s\">%s</p>\n", n,
			timecode.Format(c.Start, '.'), timecode.Format(c.End, '.'), spans)
	}
	b.WriteString(foot)
	return fault.E(op, fault.Other, b.Flush())
}

// spans gives the content of a paragraph: EBU-TT-D wants text in spans only.
func spans(lines []string) string {
	var out []string
	for _, l := range lines {
		if l = strings.Join(strings.Fields(l), " "); l == "" {
			continue
		}
		var b strings.Builder
		if err := xml.EscapeText(&b, []byte(l)); err != nil {
			continue // a strings.Builder does not fail
		}
		out = append(out, `<span style="box">`+b.String()+`</span>`)
	}
	return strings.Join(out, "<br/>")
}
