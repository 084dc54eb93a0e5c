package io.bohrwerk.emulator.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RustNameTest {
    @ParameterizedTest
    @CsvSource({
        "_RNvCs1aBcDeFgHiJ_6widget4turn, widget::turn",
        "_RNvNtCs1aBcDeFgHiJ_6widget5wheel4turn, widget::wheel::turn",
        "_RNvMCs1aBcDeFgHiJ_6widgetNtB2_5Wheel4turn, <widget::Wheel>::turn",
        "_RNvMs3_NtCs1aBcDeFgHiJ_6widget5wheelNtB5_5Wheel4turn, <widget::wheel::Wheel>::turn",
        "_RNvXCs1aBcDeFgHiJ_6widgetNtB2_5WheelNtNtCs2_6kernel4file10Operations4open, <widget::Wheel as kernel::file::Operations>::open",
        "_RNvXCs1aBcDeFgHiJ_6widgetRNtB2_5WheelNtCs2_6kernel4Turn4turn, <&widget::Wheel as kernel::Turn>::turn",
        "_RNCNvCs1aBcDeFgHiJ_6widget4turn0, widget::turn::{closure}",
        "_RINvCs1aBcDeFgHiJ_6widget4turnmKj8_E, widget::turn",
        "_RNvCs1aBcDeFgHiJ_6widget10___cfi_turn, widget::__cfi_turn",
        "_RNvYNtCs1aBcDeFgHiJ_6widget5WheelNtB4_4Turn4turn, <widget::Wheel as widget::Turn>::turn",
    })
    void namesAreReadable(String mangled, String readable) {
        assertThat(RustName.demangled(mangled)).isEqualTo(readable);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_R",
                "_RNv",
                "_RNvB_4turn", // refers to itself
                "_RNvBzzzzzz_4turn", // refers beyond itself
                "_RNvC99999999999999widget4turn",
                "_RNvC6widget", // cut short
                "_RINvC6widget4turn", // arguments without an end
                "_read_lock",
                "_Rwsem_down",
                "widget_turn"
            })
    void whatIsNoRustNameStays(String name) {
        assertThat(RustName.demangled(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"M", "X", "Y", "NvMRRRR", "IB_", "NvB0_"})
    void deepNamesEnd(String part) {
        String name = "_R" + part.repeat(100_000 / part.length());
        assertThat(RustName.demangled(name)).isEqualTo(name);
    }
}
