package phrase

import "strings"

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// joining words begin a clause or a part of a list.
var joining = set(`
	and but or nor so that which who whose when where while because if as than
	и а но или что чтобы который которая которое которые когда где если как чем потому
	және мен пен бен немесе бірақ ал өйткені егер себебі сондықтан әрі яғни`)

// leaning words belong to what follows, as the joining ones do: articles and prepositions. Kazakh has postpositions
// instead, which lean on what precedes.
var leaning = set(`
	a an the to of in on at by for from with into about after before between through during without under over
	так в во на с со к ко по из от до за у о об обо при для без под над перед через между про не ни`)

// abbreviations end with a full stop that ends no sentence.
var abbreviations = set(`
	mr mrs ms dr prof st vs etc eg ie inc ltd co jr sr col capt
	г гг т тт тыс млн млрд руб коп тг ул пр им см стр рис табл др пр гл обл р н
	ж жж б бет`)

// units follow a number and stay on its line.
var units = set(`
	percent million billion trillion thousand hundred dollars dollar euros euro tenge km kg m cm mm hz khz mhz
	процент процента процентов млн млрд трлн тыс тысяч тысячи тысяча миллион миллиона миллионов миллиард миллиарда миллиардов
	тенге рублей рубля рубль долларов доллара доллар евро км кг м см мм г лет года год
	пайыз пайызы мың миллион миллиард теңге жыл жылы км кг`)
