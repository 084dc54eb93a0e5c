package io.bohrwerk.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1, true",
        "bytes=0-99, 0, 100, true",
        "bytes=0-1000, 0, 100, true",
        "bytes=90-, 90, 10, true",
        "bytes=-10, 90, 10, true",
        "bytes=-1000, 0, 100, true",
        "bytes=5-4, 0, 100, false",
        "'bytes=0-1,3-4', 0, 100, false",
        "lines=0-1, 0, 100, false",
        "bytes=-, 0, 100, false",
        "bytes=99999999999999999999-, 0, 100, false",
        ", 0, 100, false"
    })
    void isUnderstoodOrIgnored(String header, long offset, long length, boolean partial) {
        assertThat(ByteRange.of(header, 100)).isEqualTo(new ByteRange(offset, length, partial));
    }

    @Test
    void outsideTheBlobThereIsNothing() {
        assertThat(ByteRange.of("bytes=100-", 100)).isNull();
        assertThat(ByteRange.of("bytes=100-200", 100)).isNull();
        assertThat(ByteRange.of("bytes=-0", 100)).isNull();
        assertThat(ByteRange.of("bytes=0-", 0)).isNull();
        assertThat(ByteRange.of("bytes=-5", 0)).isNull();
    }
}
