package io.bohrwerk.api.web;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.protocol.Documents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** Reads request bodies under the rules of {@link Documents}: what people write is either right or refused with the field's name. */
@Component
class StrictJson extends AbstractHttpMessageConverter<RequestDocument> {
    private final int longest;

    StrictJson(ApiProperties properties) {
        super(MediaType.APPLICATION_JSON);
        this.longest = (int) properties.largestJson().toBytes();
    }

    @Override
    protected boolean supports(Class<?> type) {
        return RequestDocument.class.isAssignableFrom(type);
    }

    @Override
    protected RequestDocument readInternal(Class<? extends RequestDocument> type, HttpInputMessage message)
            throws IOException {
        byte[] body = message.getBody().readNBytes(longest + 1);
        if (body.length > longest) {
            throw new RefusedException(
                    HttpStatus.CONTENT_TOO_LARGE, null, "the JSON body is longer than " + longest + " bytes");
        }
        String text = new String(body, StandardCharsets.UTF_8);
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        if (request != null) {
            request.setAttribute(RequestDocument.TEXT, text, RequestAttributes.SCOPE_REQUEST);
        }
        return Documents.fromJson(text, type);
    }

    @Override
    protected void writeInternal(RequestDocument document, HttpOutputMessage message) {
        throw new HttpMessageNotWritableException("a request document is only read");
    }
}
