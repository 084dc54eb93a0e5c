package io.bohrwerk.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class LogCommandTest {
    private static String line(String json) {
        return line(json, false);
    }

    private static String line(String json, boolean moved) {
        return LogCommand.line(JsonMapper.shared().readTree(json.replace('\'', '"')), moved);
    }

    @Test
    void anInterruptIsALine() {
        assertThat(
                        line(
                                "{'number':17,'kind':'interrupt','iterationFrom':3,'iterationTo':3,'name':'#DB','vector':1,'cpl':0,"
                                        + "'ip':'0008:00100fba','sp':'0010:00105f3c','symbol':'race+0x4','errorCode':0,'cr2':'00000000',"
                                        + "'debugRegisters':{'DR6':'ffff0ff1','DR7':'000d0402'},'repeats':{'entry':9,'differs':['DR6']}}"))
                .isEqualTo(
                        "     17  3           ! #DB  cpl=0  ip=0008:00100fba race+0x4  sp=0010:00105f3c  dr6=ffff0ff1  dr7=000d0402"
                                + "  same frame as 9 but for DR6");
    }

    @Test
    void aSystemCallHasItsNumberAndAMoveItsAddressSpace() {
        String call =
                "{'number':5,'kind':'interrupt','iterationFrom':1,'iterationTo':1,'name':'INT 0x80','vector':128,'call':64,"
                        + "'cpl':3,'ip':'0023:0000000008049008','sp':'002b:00000000ffb7e6c4','errorCode':0,'cr2':'0',"
                        + "'registers':{'CR3':'0000000002a30000'},'debugRegisters':{},'repeats':null}";
        assertThat(line(call, false))
                .isEqualTo("      5  1           ! INT 0x80  call=64  cpl=3  ip=0023:0000000008049008"
                        + "  sp=002b:00000000ffb7e6c4");
        assertThat(line(call, true)).endsWith("  cr3=0000000002a30000");
    }

    @Test
    void aGuestsControlCharactersDoNothing() {
        assertThat(line("{'number':1,'kind':'guest','iterationFrom':1,'iterationTo':500,'text':'a\\u001b[2J\\u0007b'}"))
                .isEqualTo("      1  1-500       | a\ufffd[2J\ufffdb");
    }
}
