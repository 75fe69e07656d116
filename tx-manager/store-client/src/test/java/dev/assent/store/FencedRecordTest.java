package dev.assent.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FencedRecordTest {
    private static FencedRecord.Outcome outcome(StoreCode code, int failedOperation) {
        return FencedRecord.outcome(new MultiReply(code, failedOperation));
    }

    @Test
    void an_epoch_that_was_advanced_or_is_gone_fences() {
        assertThat(outcome(StoreCode.BADVERSION, 0)).isEqualTo(new FencedRecord.Fenced(StoreCode.BADVERSION));
        assertThat(outcome(StoreCode.NONODE, 0)).isEqualTo(new FencedRecord.Fenced(StoreCode.NONODE));
        assertThat(outcome(StoreCode.NOAUTH, 0)).isEqualTo(new FencedRecord.Refused(StoreCode.NOAUTH));
    }

    @Test
    void a_record_is_written_there_already_or_has_no_folder() {
        assertThat(outcome(StoreCode.OK, -1)).isEqualTo(new FencedRecord.Written());
        assertThat(outcome(StoreCode.NODEEXISTS, 1)).isEqualTo(new FencedRecord.Exists());
        assertThat(outcome(StoreCode.NONODE, 1)).isEqualTo(new FencedRecord.Refused(StoreCode.NONODE));
    }

    /** The client gives what is under way on a broken connection such codes, a credential that is refused among them. */
    @ParameterizedTest
    @EnumSource(
            value = StoreCode.class,
            names = {
                "CONNECTIONLOSS",
                "OPERATIONTIMEOUT",
                "SESSIONEXPIRED",
                "SESSIONMOVED",
                "REQUESTTIMEOUT",
                "AUTHFAILED",
                "OTHER",
                "SYSTEMERROR"
            })
    void what_no_server_has_answered_may_have_been_written(StoreCode code) {
        assertThat(outcome(code, -1)).isEqualTo(new FencedRecord.Unanswered(code));
    }

    @Test
    void a_server_that_refuses_the_whole_has_written_nothing() {
        assertThat(outcome(StoreCode.NOAUTH, -1)).isEqualTo(new FencedRecord.Refused(StoreCode.NOAUTH));
    }
}
